import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import type { SessionKind, SessionRecord } from '../../store/contract.js';

/** What happens to sessions, as told on `Sessions` and on `diagnostics_channel` as `moin-sessions:EVENT` (spec 5). */
export const EVENTS = [
  'created',
  'restored',
  'refreshed',
  'rotated',
  'saved',
  'save-dropped',
  'ended',
  'refused',
  'purged',
  'setuid',
] as const;

export type SessionEventName = (typeof EVENTS)[number];

/** What an event tells. Ids only, never tokens (ASVS 5.0, 16.2.5). */
export interface SessionEvent {
  event: SessionEventName;
  at: Date;
  /** The session's id; absent where an event is about many (`purged`). */
  id?: string;
  kind?: SessionKind;
  /** The name of the user whom the session belongs to. */
  user?: string;
  /** Why: `logout`, `limit`, `administrator`, `refused-expired`, … `setuid`: from whom to whom; `user` is the real one. */
  reason?: string;
  /** `rotated`: the id before. */
  from?: string;
  /** `purged`: how many records were removed. */
  count?: number;
}

type Details = Omit<SessionEvent, 'event' | 'at'>;

export type Emit = (event: SessionEventName, details: Details) => void;

const channels = new Map(EVENTS.map((event) => [event, channel(`moin-sessions:${event}`)]));

/**
 * Tells an event to listeners and subscribers. What a listener throws is nobody's business here: it is thrown
 * again outside, as `diagnostics_channel` does; no session is lost by it, and the other listeners hear of it.
 */
export function emitter(listeners: EventEmitter, now: () => number): Emit {
  return (event, details) => {
    const published = channels.get(event);
    if (!published?.hasSubscribers && listeners.listenerCount(event) === 0) return;
    const message: SessionEvent = { event, at: new Date(now()), ...details };
    published?.publish(message);
    for (const listener of listeners.rawListeners(event)) {
      try {
        listener.call(listeners, message);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  };
}

/** What events tell of a record. */
export function eventDetails({
  id,
  kind,
  user,
}: SessionRecord): Pick<SessionEvent, 'id' | 'kind' | 'user'> & { id: string } {
  return user === null ? { id, kind } : { id, kind, user: user.name };
}

/** An `EventEmitter` that knows our events. */
export class SessionEvents extends EventEmitter<Record<SessionEventName, [SessionEvent]>> {}

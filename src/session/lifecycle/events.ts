import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { show } from '../../base/show.js';
import { didYouMean } from '../../base/suggest.js';
import type { SessionKind, SessionRecord } from '../../store/contract.js';

/**
 * The events of sessions: emitted on `Sessions`, and published on `diagnostics_channel` as `moin-sessions:EVENT`
 * (spec 5).
 */
export const EVENTS = [
  'created',
  'restored',
  'refreshed',
  'rotated',
  'saved',
  'save-dropped',
  'login',
  'login-failed',
  'logout',
  'ended',
  'refused',
  'purged',
  'setuid',
] as const;

export type SessionEventName = (typeof EVENTS)[number];

/** The message of an event. It contains ids, never tokens or passwords (ASVS 5.0, 16.2.5). */
export interface SessionEvent {
  event: SessionEventName;
  at: Date;
  /** The session's id. Absent for `purged`, which concerns many sessions; may be absent for `refused`. */
  id?: string;
  kind?: SessionKind;
  /**
   * The name of the session's user. Absent for a visitor. For `login-failed`: the name that was typed, at most 200 characters,
   * with U+FFFD in place of control characters; nobody may have that name.
   */
  user?: string;
  /** For `login`, `login-failed` and `logout`: the auth method. Absent for a form that no method took. */
  method?: string;
  /** For `login`, `login-failed` and `logout`: the client's IP address. Behind a trusted proxy, the one that the proxy names. */
  address?: string;
  /**
   * Why: `logout`, `limit`, `administrator`, `refused-expired`, … For `login-failed`: `rejected`, `denied` (S9),
   * `cross-site`, `unknown-user`, `disabled-user`, `veto`, `error`, or a word of the auth method. For `setuid`: from which user to which; `user` is
   * the real one.
   */
  reason?: string;
  /** For `rotated`: the old id. */
  from?: string;
  /** For `purged`: the number of removed records. */
  count?: number;
}

export type Details = Omit<SessionEvent, 'event' | 'at'>;

/** What an event leaves out, and the audit log notes. */
export interface AuditDetails {
  userId?: string | undefined;
  /** For `setuid`: the user changed to. The event's `user` is the real one. */
  target?: { id: string; name: string };
  address?: string;
  /** For `login-failed`: why, where the event does not tell failures apart. */
  auditReason?: string | undefined;
  /** For `ended`: why, as an operator wrote it. */
  text?: string | undefined;
}

export type Emit = (event: SessionEventName, details: Details, more?: AuditDetails) => void;

const channels = new Map(EVENTS.map((event) => [event, channel(`moin-sessions:${event}`)]));

/**
 * Returns the function that emits events to listeners and publishes them to subscribers. If a listener throws, its error
 * is thrown on the next tick, as `diagnostics_channel` does: the request goes on, and the other listeners get the event.
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

/** The fields of an event that describe a record. */
export function eventDetails({
  id,
  kind,
  user,
}: SessionRecord): Pick<SessionEvent, 'id' | 'kind' | 'user'> & { id: string } {
  return user === null ? { id, kind } : { id, kind, user: user.name };
}

/** What the audit log notes of a record. */
export function auditDetails({ user, ended }: SessionRecord): AuditDetails {
  return { userId: user?.id, text: ended?.reason };
}

type Listener = (event: SessionEvent) => void;

/** An `EventEmitter` of our events alone: a misspelt name is an error for the compiler, and a `TypeError`. */
export class SessionEvents extends EventEmitter {
  override on(event: SessionEventName, listener: Listener): this {
    assertEvent(event);
    return super.on(event, listener);
  }

  override addListener(event: SessionEventName, listener: Listener): this {
    return this.on(event, listener);
  }

  override prependListener(event: SessionEventName, listener: Listener): this {
    assertEvent(event);
    return super.prependListener(event, listener);
  }

  // The two below call `on` and `prependListener`, which check the name.
  override once(event: SessionEventName, listener: Listener): this {
    return super.once(event, listener);
  }

  override prependOnceListener(event: SessionEventName, listener: Listener): this {
    return super.prependOnceListener(event, listener);
  }
}

/** Names that Node's own functions listen to: `events.once` and `events.on` listen to `error`. */
const NODES = ['error', 'newListener', 'removeListener'];

function assertEvent(event: string): void {
  if ((EVENTS as readonly string[]).includes(event) || NODES.includes(event)) return;
  throw new TypeError(
    `there is no event ${show(event)}${didYouMean(String(event), EVENTS)}; the events are ${EVENTS.join(', ')}`,
  );
}

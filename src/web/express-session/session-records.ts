import type { Clock } from '../../base/clock.js';
import { UnreadableRecordError } from '../../base/errors.js';
import type { JsonObject } from '../../base/json.js';
import { tombstoneOf } from '../../session/lifecycle/ended.js';
import { type Emit, eventDetails } from '../../session/lifecycle/events.js';
import { firstRecord } from '../../session/lifecycle/record.js';
import { stateOf } from '../../session/lifecycle/state.js';
import { applyChanges, type Changes } from '../../session/values/changes.js';
import type { SessionRecord, SessionStore } from '../../store/contract.js';
import { expiryOf, ownerOf, type UserOf } from './record.js';

export interface SessionRecordsOptions {
  userOf: UserOf;
  /** Milliseconds that a session lasts when its cookie has no expiry. */
  lifetime: number;
  clock: Clock;
  emit: Emit;
}

/** The records of express-session's sessions, with every rule of when one may be written. */
export class SessionRecords {
  readonly #open: () => Promise<SessionStore>;
  readonly #options: SessionRecordsOptions;

  /** @param open returns the store; after a failure the next call tries again */
  constructor(open: () => Promise<SessionStore>, options: SessionRecordsOptions) {
    this.#open = open;
    this.#options = options;
  }

  /** An active session, or null. An unreadable record opens no session and stays as it is (I4). */
  async findActive(id: string): Promise<SessionRecord | null> {
    const { clock, emit } = this.#options;
    try {
      const record = await (await this.#open()).find(id);
      return record !== null && stateOf(record, clock()) === 'active' ? record : null;
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      emit('refused', { id, reason: 'unreadable' });
      return null;
    }
  }

  /** All active sessions, one at a time. */
  async *active(): AsyncGenerator<SessionRecord> {
    const now = this.#options.clock();
    for await (const { record } of (await this.#open()).scan()) {
      if (record !== null && stateOf(record, now) === 'active') yield record;
    }
  }

  /**
   * Writes a session that was not loaded from here; its data replace those of an existing record.
   * @returns false when the save was dropped (I2)
   */
  async create(id: string, data: JsonObject): Promise<boolean> {
    const { clock, lifetime, userOf, emit } = this.#options;
    const now = clock();
    const { user } = ownerOf(data, userOf);
    const beginning = { id, user, remember: false, created: now, seen: now, client: null, data };
    const record = firstRecord(beginning, expiryOf(data, now, lifetime));
    const outcome = await (await this.#open()).create(record);
    if (outcome === 'created') emit('created', eventDetails(record));
    if (outcome === 'exists') return this.#update(id, data, () => data);
    return outcome === 'created' || this.#drop(id);
  }

  /** Applies a request's changes, which led to `data`, to the current record (I1). @returns false when dropped (I2) */
  merge(id: string, changes: Changes, data: JsonObject): Promise<boolean> {
    return this.#update(id, data, (current) => applyChanges(current, changes));
  }

  /** Sets the session's expiry to that of the cookie in `data`, and nothing else. */
  async touch(id: string, data: JsonObject): Promise<void> {
    const { clock, lifetime, emit } = this.#options;
    const store = await this.#open();
    const touched = await store.update(id, (current) => {
      // Read the clock here: the session may have expired while this update waited.
      const now = clock();
      if (stateOf(current, now) === 'expired') return null;
      return { ...current, ...expiryOf(data, now, lifetime), seen: now };
    });
    if (touched !== null) emit('refreshed', eventDetails(touched));
  }

  /** Removes a session for good: later saves are dropped (I2). */
  async end(id: string): Promise<void> {
    const { clock, emit } = this.#options;
    const tombstone = tombstoneOf('destroyed', clock());
    const { record } = await (await this.#open()).delete(id, { tombstone });
    if (record !== null) emit('ended', { ...eventDetails(record), reason: 'destroyed' });
  }

  async endAll(): Promise<void> {
    for await (const { id } of (await this.#open()).scan()) await this.end(id);
  }

  async #update(id: string, own: JsonObject, edit: (data: JsonObject) => JsonObject): Promise<boolean> {
    const { clock, lifetime, userOf, emit } = this.#options;
    const store = await this.#open();
    const updated = await store.update(id, (current) => {
      const now = clock();
      if (stateOf(current, now) === 'expired') return null;
      const data = edit(current.data);
      return { ...current, ...ownerOf(data, userOf), ...expiryOf(own, now, lifetime), seen: now, data };
    });
    if (updated === null) return this.#drop(id);
    emit('saved', eventDetails(updated));
    return true;
  }

  #drop(id: string): false {
    this.#options.emit('save-dropped', { id });
    return false;
  }
}

import type { Clock } from '../../base/clock.js';
import { UnreadableRecordError } from '../../base/errors.js';
import type { JsonObject } from '../../base/json.js';
import { tombstoneOf } from '../../session/lifecycle/ended.js';
import { type Emit, eventDetails } from '../../session/lifecycle/events.js';
import { firstRecord } from '../../session/lifecycle/record.js';
import { stateOf } from '../../session/lifecycle/state.js';
import { applyChanges, changesSince } from '../../session/values/changes.js';
import type { SessionRecord, SessionStore } from '../../store/contract.js';
import { expiryOf, ownerOf, type UserOf } from './record.js';

export interface SessionRecordsOptions {
  userOf: UserOf;
  /** Milliseconds that a session lasts when its cookie has no expiry. */
  lifetime: number;
  clock: Clock;
  emit: Emit;
}

/** What a session was when a request loaded or last saved it. */
export interface Base {
  data: JsonObject;
  /** When the session began, in ms: of two sessions that had the same id one after the other, only one is meant. */
  created: number;
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
   * Writes a session that was not loaded from here; its data replace those of an active record. A record whose time is over
   * makes room: the session begins anew.
   * @returns the record; null when the save was dropped, because a session under this id was ended on purpose (I2)
   */
  async create(id: string, data: JsonObject): Promise<SessionRecord | null> {
    const { clock, lifetime, userOf, emit } = this.#options;
    const now = clock();
    const { user } = ownerOf(data, userOf);
    const beginning = { id, user, remember: false, created: now, seen: now, client: null, data };
    const record = firstRecord(beginning, expiryOf(data, now, lifetime));
    const outcome = await this.#createOver(record);
    if (outcome === 'created') {
      emit('created', eventDetails(record));
      return record;
    }
    return outcome === 'exists' ? this.#update(id, data, () => data) : this.#drop(id);
  }

  async #createOver(record: SessionRecord): ReturnType<SessionStore['create']> {
    const store = await this.#open();
    const outcome = await store.create(record);
    if (outcome !== 'exists') return outcome;
    const hasTimedOut = (current: SessionRecord) =>
      stateOf(current, this.#options.clock()) !== 'active' && current.ended === null;
    const { removed } = await store.delete(record.id, { when: hasTimedOut });
    return removed ? store.create(record) : outcome;
  }

  /**
   * Applies what a request changed since `base`, which led to `data`, to the current record (I1).
   * @returns the record; null when the save was dropped (I2)
   */
  merge(id: string, base: Base, data: JsonObject): Promise<SessionRecord | null> {
    const changes = changesSince(base.data, data);
    return this.#update(id, data, (current) =>
      current.created === base.created ? applyChanges(current.data, changes) : null,
    );
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

  /** Removes a session for good: later saves are dropped (I2). @returns whether there was one */
  async end(id: string): Promise<boolean> {
    const { clock, emit } = this.#options;
    const tombstone = tombstoneOf('destroyed', clock());
    const { removed, record } = await (await this.#open()).delete(id, { tombstone });
    if (record !== null) emit('ended', { ...eventDetails(record), reason: 'destroyed' });
    return removed;
  }

  async endAll(): Promise<void> {
    for await (const { id } of (await this.#open()).scan()) await this.end(id);
  }

  async #update(
    id: string,
    own: JsonObject,
    edit: (current: SessionRecord) => JsonObject | null,
  ): Promise<SessionRecord | null> {
    const { clock, lifetime, userOf, emit } = this.#options;
    const store = await this.#open();
    const updated = await store.update(id, (current) => {
      const now = clock();
      const data = stateOf(current, now) === 'expired' ? null : edit(current);
      if (data === null) return null;
      return { ...current, ...ownerOf(data, userOf), ...expiryOf(own, now, lifetime), seen: now, data };
    });
    if (updated === null) return this.#drop(id);
    emit('saved', eventDetails(updated));
    return updated;
  }

  #drop(id: string): null {
    this.#options.emit('save-dropped', { id });
    return null;
  }
}

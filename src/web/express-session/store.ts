import session from 'express-session';
import { type Clock, HOUR, systemClock } from '../../clock.js';
import { ConfigurationError, UnreadableRecordError } from '../../errors.js';
import type { JsonObject } from '../../json.js';
import { type Emit, emitter } from '../../session/events.js';
import { stateOf } from '../../session/info.js';
import { DEFAULT_COOKIE_LIFETIME, GRACE } from '../../session/lifetime.js';
import { told } from '../../session/manager.js';
import { idOf } from '../../session/token.js';
import { applyChanges } from '../../session/values.js';
import { DEFAULT_STORE, type SessionRecord, type SessionStore } from '../../store/contract.js';
import { openStore } from '../../store/open.js';
import { changesSince, dataOf, endsOf, ownerOf, passportUser, sessionOf, type UserOf } from './record.js';

export { passportUser, type UserOf };

export interface MoinStoreOptions {
  /** Who the user in a session's data is: for `list --user` and "log out everywhere". Default: Passport's user. */
  user?: UserOf;
  /** Hours that a session lasts whose cookie has neither `maxAge` nor `expires`. Default 12. */
  cookieLifetime?: number;
  /** `process`: a save outlives the process; `fsync`: the power cut too (I7). Default `process`. */
  durability?: 'process' | 'fsync';
  /** The time in ms. Default: the system's. */
  clock?: Clock;
}

type Callback<Result extends unknown[] = []> = (error?: unknown, ...result: Result) => void;

/**
 * A store for applications that keep express-session: `session({ store: new MoinStore('file:sessions'), … })`. The
 * command line and `Sessions` then work on it as on any other: the record's id is the digest of express-session's own.
 *
 * Where express-session stores overwrite, this one merges: of two requests that change different values both win (I1).
 * A session that was loaded and has ended meanwhile is not brought back by a late save, nor by a touch (I2); such a
 * save is no error, and is told as `save-dropped`. Tells the events of `SessionEvent`.
 */
export class MoinStore extends session.Store {
  readonly #where: string | URL | SessionStore;
  readonly #durability: 'process' | 'fsync';
  readonly #userOf: UserOf;
  readonly #lifetime: number;
  readonly #clock: Clock;
  readonly #emit: Emit;
  /** What a request's session was like when it was loaded or last saved. */
  readonly #loaded = new WeakMap<object, JsonObject>();
  #opened: Promise<SessionStore> | null = null;

  /**
   * Opens nothing yet.
   * @param where as the option `store` of a configuration, with the same default: `file:.moin-sessions`
   * @throws ConfigurationError for a lifetime that is none
   */
  constructor(where: string | URL | SessionStore = DEFAULT_STORE, options: MoinStoreOptions = {}) {
    super();
    const { user = passportUser, cookieLifetime = DEFAULT_COOKIE_LIFETIME, clock = systemClock } = options;
    if (!(cookieLifetime > 0 && Number.isFinite(cookieLifetime)))
      throw new ConfigurationError('option cookieLifetime must be a number of hours above 0');
    this.#where = where;
    this.#durability = options.durability ?? 'process';
    this.#userOf = user;
    this.#lifetime = Math.round(cookieLifetime * HOUR);
    this.#clock = clock;
    this.#emit = emitter(this, clock);
  }

  get(sid: string, callback: Callback<[data?: session.SessionData]>): void {
    answer(callback, async () => {
      const record = await this.#find(idOf(sid));
      if (record === null || stateOf(record, this.#clock()) !== 'active') return undefined;
      const data = sessionOf(record);
      this.#loaded.set(data, structuredClone(data));
      return data as object as session.SessionData;
    });
  }

  override createSession(
    ...[request, data]: Parameters<session.Store['createSession']>
  ): ReturnType<session.Store['createSession']> {
    const before = this.#loaded.get(data);
    const created = super.createSession(request, data);
    if (before !== undefined) this.#loaded.set(created, before);
    return created;
  }

  set(sid: string, session: object, callback?: Callback): void {
    answer(callback, async () => {
      const data = dataOf(session);
      const id = idOf(sid);
      const before = this.#loaded.get(session);
      const saved = before === undefined ? await this.#create(id, data) : await this.#merge(id, before, data);
      if (saved) this.#loaded.set(session, data);
    });
  }

  /** Moves the session's end, and nothing else. */
  touch(sid: string, session: object, callback?: Callback): void {
    answer(callback, async () => {
      const now = this.#clock();
      const ends = endsOf(dataOf(session), now, this.#lifetime);
      const store = await this.#open();
      const touched = await store.update(idOf(sid), (current) =>
        stateOf(current, now) === 'expired' ? null : { ...current, ...ends, seen: now },
      );
      if (touched !== null) this.#emit('refreshed', told(touched));
    });
  }

  destroy(sid: string, callback?: Callback): void {
    answer(callback, () => this.#end(idOf(sid)));
  }

  /** The active sessions' data, each with the id that the command line shows as `id`. */
  all(callback: Callback<[sessions?: session.SessionData[]]>): void {
    answer(callback, async () => {
      const active: object[] = [];
      for await (const record of this.#active()) active.push({ ...sessionOf(record), id: record.id });
      return active as session.SessionData[];
    });
  }

  /** How many sessions are active. */
  length(callback: Callback<[length?: number]>): void {
    answer(callback, async () => {
      let count = 0;
      for await (const _ of this.#active()) count++;
      return count;
    });
  }

  /** Ends all sessions. */
  clear(callback?: Callback): void {
    answer(callback, async () => {
      for await (const { id } of (await this.#open()).scan()) await this.#end(id);
    });
  }

  /** Closes the store behind this one. */
  async close(): Promise<void> {
    if (this.#opened !== null) await (await this.#opened).close();
  }

  /** A session that express-session has made anew, or an object of somebody's own, which then replaces all. */
  async #create(id: string, data: JsonObject): Promise<boolean> {
    const now = this.#clock();
    const ends = endsOf(data, now, this.#lifetime);
    const times = { created: now, seen: now, ...ends, revision: 1 };
    const owner = ownerOf(data, this.#userOf);
    const record = { version: 1 as const, id, ...owner, ...times, remember: false, ended: null, data };
    const outcome = await (await this.#open()).create(record);
    if (outcome === 'created') this.#emit('created', told(record));
    if (outcome === 'exists') return this.#update(id, data, () => data);
    return outcome === 'created' || this.#drop(id);
  }

  async #merge(id: string, before: JsonObject, data: JsonObject): Promise<boolean> {
    const changes = changesSince(before, data);
    return this.#update(id, data, (current) => applyChanges(current, changes));
  }

  async #update(id: string, own: JsonObject, edit: (data: JsonObject) => JsonObject): Promise<boolean> {
    const now = this.#clock();
    const ends = endsOf(own, now, this.#lifetime);
    const store = await this.#open();
    const updated = await store.update(id, (current) => {
      if (stateOf(current, now) === 'expired') return null;
      const data = edit(current.data);
      return { ...current, ...ownerOf(data, this.#userOf), ...ends, seen: now, data };
    });
    if (updated === null) return this.#drop(id);
    this.#emit('saved', told(updated));
    return true;
  }

  #drop(id: string): false {
    this.#emit('save-dropped', { id });
    return false;
  }

  async #end(id: string): Promise<void> {
    const at = this.#clock();
    const trace = { reason: 'destroyed' as const, at, until: at + GRACE };
    const { record } = await (await this.#open()).delete(id, { trace });
    if (record !== null) this.#emit('ended', { ...told(record), reason: 'destroyed' });
  }

  /** What cannot be read opens no session, and stays as it is (I4). */
  async #find(id: string): Promise<SessionRecord | null> {
    try {
      return await (await this.#open()).find(id);
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      this.#emit('refused', { id, reason: 'unreadable' });
      return null;
    }
  }

  async *#active(): AsyncGenerator<SessionRecord> {
    const now = this.#clock();
    for await (const { record } of (await this.#open()).scan()) {
      if (record !== null && stateOf(record, now) === 'active') yield record;
    }
  }

  /** What could not be opened is tried again next time. */
  #open(): Promise<SessionStore> {
    this.#opened ??= this.#openStore().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #openStore(): Promise<SessionStore> {
    const where = this.#where;
    const isStore = typeof where === 'object' && !(where instanceof URL);
    return isStore ? where : openStore(where, { durability: this.#durability });
  }
}

/** Callbacks are called outside the promise, so that what they throw is theirs. */
function answer<T>(callback: Callback<[T?]> | undefined, work: () => Promise<T | undefined>): void {
  const done = callback ?? (() => {});
  work().then(
    (result) => process.nextTick(done, null, result),
    (error: unknown) => process.nextTick(done, error),
  );
}

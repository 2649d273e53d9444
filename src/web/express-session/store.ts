import session from 'express-session';
import { type Clock, HOUR, systemClock, wholeClock } from '../../base/clock.js';
import { ConfigurationError } from '../../base/errors.js';
import type { JsonObject } from '../../base/json.js';
import { Opening } from '../../base/opening.js';
import { assertStore } from '../../config/checks.js';
import { idOf } from '../../session/cookie/token.js';
import { emitter } from '../../session/lifecycle/events.js';
import { DEFAULT_COOKIE_LIFETIME } from '../../session/lifecycle/lifetime.js';
import { changesSince } from '../../session/values/changes.js';
import { DEFAULT_STORE, type SessionStore } from '../../store/contract.js';
import { isStore } from '../../store/is-store.js';
import { storeOpener } from '../../store/open.js';
import { deserialize, passportUser, serialize, type UserOf } from './record.js';
import { SessionRecords } from './session-records.js';

export { passportUser, type UserOf };

export interface MoinStoreOptions {
  /** Finds the user in a session's data, for `list --user` and "log out everywhere". Default: Passport's user. */
  user?: UserOf;
  /** Hours that a session lasts when its cookie has neither `maxAge` nor `expires`. Default 12. */
  cookieLifetime?: number;
  /** `process`: a save outlives the process; `fsync`: a power cut too (I7). Default `process`. */
  durability?: 'process' | 'fsync';
  /** The time in ms. Default: the system's. */
  clock?: Clock;
}

type Callback<Result extends unknown[] = []> = (error?: unknown, ...result: Result) => void;

/**
 * A store for applications that keep express-session: `session({ store: new MoinStore('file:sessions'), … })`. The
 * command line and `Sessions` then work on it as on any other: the record's id is the digest of express-session's id.
 *
 * Other express-session stores overwrite; this one merges: of two requests that change different values both win (I1).
 * A late save or touch does not bring back a session that has ended since it was loaded (I2): the save returns no error,
 * and `save-dropped` is emitted. Emits the events of `SessionEvent`.
 */
export class MoinStore extends session.Store {
  readonly #store: Opening<SessionStore>;
  readonly #records: SessionRecords;
  /** The data of each session object when it was loaded or last saved. */
  readonly #loaded = new WeakMap<object, JsonObject>();

  /**
   * Opens nothing yet.
   * @param where as the option `store` of `createSessions`, with the same default: `file:.moin-sessions`
   * @throws ConfigurationError when the store, the lifetime or the clock is invalid
   */
  constructor(where: string | URL | SessionStore = DEFAULT_STORE, options: MoinStoreOptions = {}) {
    super();
    const { user = passportUser, cookieLifetime = DEFAULT_COOKIE_LIFETIME, durability = 'process' } = options;
    const clock = wholeClock(options.clock ?? systemClock);
    if (!(cookieLifetime > 0 && Number.isFinite(cookieLifetime)))
      throw new ConfigurationError('option cookieLifetime must be a number of hours above 0');
    assertStore(where);
    const open = isStore(where) ? () => where : storeOpener(where, { durability });
    this.#store = new Opening(async () => open());
    this.#records = new SessionRecords(() => this.#store.get(), {
      userOf: user,
      lifetime: Math.round(cookieLifetime * HOUR),
      clock,
      emit: emitter(this, clock),
    });
  }

  get(sid: string, callback: Callback<[data?: session.SessionData]>): void {
    answer(callback, async () => {
      const record = await this.#records.findActive(idOf(sid));
      if (record === null) return undefined;
      const data = deserialize(record);
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
      const data = serialize(session);
      const id = idOf(sid);
      const before = this.#loaded.get(session);
      const isSaved =
        before === undefined
          ? await this.#records.create(id, data)
          : await this.#records.merge(id, changesSince(before, data), data);
      if (isSaved) this.#loaded.set(session, data);
    });
  }

  /** Sets the session's expiry, and nothing else. */
  touch(sid: string, session: object, callback?: Callback): void {
    answer(callback, async () => this.#records.touch(idOf(sid), serialize(session)));
  }

  destroy(sid: string, callback?: Callback): void {
    answer(callback, async () => this.#records.end(idOf(sid)));
  }

  /** The active sessions' data, each with the id that the command line shows as `id`. */
  all(callback: Callback<[sessions?: session.SessionData[]]>): void {
    answer(callback, async () => {
      const active: object[] = [];
      for await (const record of this.#records.active())
        active.push({ ...deserialize(record), id: record.id });
      return active as session.SessionData[];
    });
  }

  /** How many sessions are active. */
  length(callback: Callback<[length?: number]>): void {
    answer(callback, async () => {
      let count = 0;
      for await (const _ of this.#records.active()) count++;
      return count;
    });
  }

  /** Ends all sessions. */
  clear(callback?: Callback): void {
    answer(callback, () => this.#records.endAll());
  }

  /** Closes the store behind this one. */
  async close(): Promise<void> {
    if (this.#store.current !== null) await (await this.#store.current).close();
  }
}

/** Calls the callback outside the promise: an error that it throws must not reject the promise. */
function answer<T>(callback: Callback<[T?]> | undefined, work: () => Promise<T | undefined>): void {
  const done = callback ?? (() => {});
  work().then(
    (result) => process.nextTick(done, null, result),
    (error: unknown) => process.nextTick(done, error),
  );
}

/// <reference types="node" preserve="true" />
import { promisify } from 'node:util';
import { type Clock, HOUR, systemClock, wholeClock } from '../../base/clock.js';
import { ConfigurationError } from '../../base/errors.js';
import type { JsonObject } from '../../base/json.js';
import { Opening } from '../../base/opening.js';
import { assertFunction, assertKnown, assertStore, assertTakesSessions, oneOf } from '../../config/checks.js';
import { idOf } from '../../session/cookie/token.js';
import { emitter } from '../../session/lifecycle/events.js';
import { DEFAULT_COOKIE_LIFETIME } from '../../session/lifecycle/lifetime.js';
import { DEFAULT_STORE, isSessionId, type SessionRecord, type SessionStore } from '../../store/contract.js';
import { isStore } from '../../store/is-store.js';
import { storeOpener } from '../../store/open.js';
import { type Callback, ExpressSessionStore, type Foreign } from './base-store.js';
import { callbackify, forwarded } from './callbackify.js';
import { LoadedSessions } from './loaded-sessions.js';
import { deserialize, passportUser, serialize, type UserOf } from './record.js';
import { SessionRecords } from './session-records.js';

export {
  type CookieSecret,
  type FromExpressSession,
  type FromExpressSessionOptions,
  fromExpressSession,
  type OldStore,
} from './from-express-session.js';
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

const OPTIONS = ['user', 'cookieLifetime', 'durability', 'clock'] satisfies (keyof MoinStoreOptions)[];

/**
 * A store for applications that keep express-session: `session({ store: new MoinStore('file:sessions'), … })`. The
 * command line and `Sessions` then work on it as on any other: the record's id is the digest of express-session's id.
 *
 * Other express-session stores overwrite; this one merges: of two requests that change different values both win (I1).
 * A late save or touch does not bring back a session that has ended since it was loaded (I2): the save returns no error,
 * and `save-dropped` is emitted. Emits the events of `SessionEvent`.
 *
 * Each operation takes a callback, or without one returns a promise, which rejects with the error.
 */
export class MoinStore extends ExpressSessionStore {
  readonly #store: Opening<SessionStore>;
  readonly #records: SessionRecords;
  readonly #loaded = new LoadedSessions();

  /**
   * Opens nothing yet.
   * @param where as the option `store` of `createSessions`, with the same default: `file:.moin-sessions`
   * @throws ConfigurationError when the store or an option is invalid
   */
  constructor(where: string | URL | SessionStore = DEFAULT_STORE, options: MoinStoreOptions = {}) {
    super();
    assertKnown(options, OPTIONS);
    const { user = passportUser, cookieLifetime = DEFAULT_COOKIE_LIFETIME, durability = 'process' } = options;
    const clock = wholeClock(options.clock ?? systemClock);
    if (!(cookieLifetime > 0 && Number.isFinite(cookieLifetime)))
      throw new ConfigurationError('option cookieLifetime must be a number of hours above 0');
    assertFunction(user, 'user');
    oneOf('process', 'fsync')(durability, 'durability');
    assertStore(where);
    assertTakesSessions(where);
    const open = isStore(where) ? () => where : storeOpener(where, { durability });
    this.#store = new Opening(async () => {
      const store = await open();
      await store.open?.();
      return store;
    });
    this.#records = new SessionRecords(() => this.#store.get(), {
      userOf: user,
      lifetime: Math.round(cookieLifetime * HOUR),
      clock,
      emit: emitter(this, clock),
    });
  }

  /** The data of the active session with this sid, or undefined. */
  get(sid: string, callback?: Callback<Foreign>): Promise<Foreign> {
    return callbackify(callback, async () => {
      const record = await this.#records.findActive(idOf(sid));
      if (record === null) return undefined;
      const data = deserialize(record);
      this.#loaded.add(data, { data: structuredClone(data), created: record.created });
      return data;
    });
  }

  /** The session with its methods; undefined when there is no active one with this sid. */
  override load(sid: string, callback?: Callback<Foreign>): Promise<Foreign> {
    return callbackify(callback, async () => {
      const data = await this.get(sid);
      return data && this.createSession({ sessionID: sid, sessionStore: this }, data);
    });
  }

  /** Ends the session of a request, and gives the request a new one. */
  override regenerate(request: Foreign, ...callback: [callback?: Callback]): Promise<void> {
    const regenerate = promisify<Foreign, void>(super.regenerate.bind(this));
    return callbackify(forwarded('regenerate', callback), () => regenerate(request));
  }

  override createSession(request: Foreign, data: Foreign): Foreign {
    const base = this.#loaded.baseOf(data);
    const created = super.createSession(request, data);
    if (base !== undefined) this.#loaded.add(created, base);
    return created;
  }

  /**
   * Saves a session.
   * @throws ConfigurationError when the session is new, and a session of the same sid was ended on purpose less than an hour
   *   ago: `genid` repeats itself
   */
  set(sid: string, session: Foreign, callback?: Callback): Promise<void> {
    return callbackify(callback, async () => {
      const data = serialize(session);
      const saved = await this.#save(idOf(sid), session, data);
      if (saved !== null) this.#loaded.add(session, { data, created: saved.created });
    });
  }

  async #save(id: string, session: object, data: JsonObject): Promise<SessionRecord | null> {
    const base = this.#loaded.baseOf(session);
    if (base !== undefined) return this.#records.merge(id, base, data);
    const saved = await this.#records.create(id, data);
    if (saved === null && !this.#loaded.hasPartOf(session)) throw sidEnded(id);
    return saved;
  }

  /** Sets the session's expiry, and nothing else. */
  touch(sid: string, session: Foreign, callback?: Callback): Promise<void> {
    return callbackify(callback, async () => this.#records.touch(idOf(sid), serialize(session)));
  }

  /** Ends the session with this sid; when there is none, the one with this `id`, as `all` and the command line show it. */
  destroy(sid: string, ...callback: [callback?: Callback]): Promise<void> {
    return callbackify(forwarded('destroy', callback), async () => {
      const isEnded = await this.#records.end(idOf(sid));
      // The order matters: a sid may look like an id. Without a record nothing is written under an id from outside.
      if (!isEnded && isSessionId(sid) && (await this.#records.findActive(sid)) !== null)
        await this.#records.end(sid);
    });
  }

  /** The active sessions' data, each with the `id` that the command line shows. `destroy` takes it; it opens no session. */
  all(callback?: Callback<Foreign[]>): Promise<Foreign[]> {
    return callbackify(callback, async () => {
      const active: object[] = [];
      for await (const record of this.#records.active())
        active.push({ ...deserialize(record), id: record.id });
      return active;
    }) as Promise<Foreign[]>;
  }

  /** How many sessions are active. */
  length(callback?: Callback<number>): Promise<number> {
    return callbackify(callback, async () => {
      let count = 0;
      for await (const _ of this.#records.active()) count++;
      return count;
    }) as Promise<number>;
  }

  /** Ends all sessions. */
  clear(callback?: Callback): Promise<void> {
    return callbackify(callback, () => this.#records.endAll());
  }

  /** Closes the store behind this one. */
  async close(): Promise<void> {
    if (this.#store.current !== null) await (await this.#store.current).close();
  }
}

function sidEnded(id: string): ConfigurationError {
  return new ConfigurationError(
    `session ${id} cannot be saved: a session of the same sid was ended on purpose, and stays so for an hour; have 'genid' return a new random sid each time`,
  );
}

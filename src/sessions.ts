import { auditedBy } from './audit/from-events.js';
import { auditTrail } from './audit/open.js';
import type { AuditTrail } from './audit/trail.js';
import type { Clock } from './base/clock.js';
import { Opening } from './base/opening.js';
import { andThen, type Soon } from './base/soon.js';
import { assertTakesSessions } from './config/checks.js';
import type { SessionsOptions } from './config/options.js';
import { readOptions } from './config/settings.js';
import { assertUsable } from './config/usable.js';
import type { IncomingRequest } from './http/request.js';
import type { SessionFilter } from './session/admin/filter.js';
import type { EndingFilter } from './session/admin/filter-check.js';
import type { SessionDetail, SessionInfo } from './session/admin/info.js';
import { purgeRepeatedly } from './session/admin/purge-timer.js';
import type {
  AdminOptions,
  EndUserOptions,
  ExpireOptions,
  ExpireReport,
  PurgeReport,
} from './session/admin/report.js';
import { emitter, SessionEvents } from './session/lifecycle/events.js';
import type { SessionStore } from './store/contract.js';
import { isStore } from './store/is-store.js';
import { storeOpener } from './store/open.js';
import type { UserCache } from './users/user-cache.js';
import { begin } from './visit/begin.js';
import { BEGIN_SOON, type BeginSoon } from './visit/begin-soon.js';
import { openUserCache, openUsers } from './visit/create-site.js';
import { type OpenSite, openSite } from './visit/open-site.js';
import type { Site } from './visit/site.js';
import type { Visit } from './visit/visit.js';

/** An id that no session has: no token with this digest can be found. */
const NOBODY = '0'.repeat(32);

/** A site's sessions. Emits the events of `SessionEvent`. */
export class Sessions extends SessionEvents {
  /** The site's time, in ms since 1970: the option `clock`. */
  readonly clock: Clock;
  readonly #opening: Opening<OpenSite>;
  /** The site for the next request. @throws what opening it throws, or rejects with it */
  readonly #site: () => Soon<Site>;
  readonly #userCache: UserCache | null;
  /** Null without the option `audit`. */
  readonly #audit: AuditTrail | null;
  /** The application's own store object; null if the option names an address. */
  readonly #given: SessionStore | null;
  readonly #purges = new Set<() => void>();

  /** As it is here: what wraps the method of the prototype later is not passed by either. */
  static readonly #begin = Sessions.prototype.begin;

  /** @internal For adapters. */
  readonly [BEGIN_SOON]: BeginSoon = {
    standsFor: Sessions.#begin,
    begin: (request) => begin(request, this.#site),
  };

  /** @throws ConfigurationError naming the option and the remedy */
  constructor(options: SessionsOptions = {}) {
    super();
    // Each open stream of an application may listen: many listeners are no leak.
    this.setMaxListeners(0);
    const settings = readOptions(options);
    const { store, durability, clock } = settings;
    assertTakesSessions(store);
    this.#given = isStore(store) ? store : null;
    const openStore = isStore(store) ? () => store : storeOpener(store, { durability });
    const users = openUsers(settings.users);
    const signer = assertUsable(settings, users);
    this.clock = clock;
    this.#audit = settings.audit === undefined ? null : auditTrail(settings.audit, clock);
    const audited = auditedBy(this.#audit, emitter(this, clock), clock);
    const userCache = openUserCache(users, settings);
    this.#userCache = userCache;
    this.#opening = new Opening(() =>
      openSite(settings, { openStore, users, userCache, signer, ...audited }),
    );
    this.#site = () => andThen(this.#opening.soon(), ({ site }) => site());
  }

  /**
   * Opens store and users now, for start-up and health checks. Without it, the first request does, and fails if they are out
   * of reach. Each call tries to read and to remove a session that does not exist. It calls the method `open` of a user
   * directory of your own, if it has one. It opens the audit log, and creates its file.
   * @throws StoreError or ConfigurationError that says what is wrong; also when the user file does not exist
   */
  async open(): Promise<void> {
    this.#audit?.open();
    const { store, site } = await this.#opening.get();
    const { users } = await site();
    await store.find(NOBODY);
    await store.delete(NOBODY);
    await users?.open?.();
  }

  /**
   * Runs the auth chain on a request. Give the visit's `commit()` headers to the response before its first byte.
   * @throws StoreError when the store is out of reach, and any error of an auth method: nobody is logged in then, so answer
   *   with a 500. TooManyLoginsError (a StoreError): answer with its `statusCode` and `headers`
   */
  async begin(request: IncomingRequest): Promise<Visit> {
    return begin(request, this.#site);
  }

  /**
   * Yields sessions one at a time, in no order; without a filter, all of them.
   * @throws TypeError for a filter with an unknown key, an undefined value or a value of the wrong type; StoreError also when
   *   the user directory is out of reach: it decides which sessions are `refused`
   */
  async *list(filter: SessionFilter = {}): AsyncGenerator<SessionInfo> {
    const { admin } = await this.#opening.get();
    yield* admin.list(filter);
  }

  /** One session by its whole id, or null. */
  async get(id: string): Promise<SessionDetail | null> {
    return (await this.#opening.get()).admin.get(id);
  }

  /**
   * Ends sessions now; their records stay for the purge, with `options.reason` for operators.
   * @throws TypeError as `list`, for an empty filter without `all: true`, and for a wrong `reason`; StoppedError (a StoreError), with a
   *   `report` of what was done until then, when the store cannot be written; UnfinishedError, with a `report`, when
   *   single sessions failed and there is no `onFailure`
   */
  async expire(which: readonly string[] | EndingFilter, options?: ExpireOptions): Promise<ExpireReport> {
    return (await this.#opening.get()).admin.expire(which, options);
  }

  /** Removes records. `{ state: 'expired' }` is the clean-up. @throws as `expire` */
  async purge(which: readonly string[] | EndingFilter, options?: AdminOptions): Promise<PurgeReport> {
    return (await this.#opening.get()).admin.purge(which, options);
  }

  /**
   * Ends all sessions of the user with this id, except the session with the id `except`: "log out everywhere else". Drops
   * the user from the cache of the option `userCache`. An administrator's ban says `by: 'administrator'`.
   * @throws TypeError for an id that is not a string, and for a wrong option; StoppedError and UnfinishedError as `expire`
   */
  async endUser(userId: string, options?: EndUserOptions): Promise<ExpireReport> {
    this.#userCache?.forget(userId);
    return (await this.#opening.get()).admin.endUser(userId, options);
  }

  /**
   * Purges expired sessions repeatedly, one run at a time, without keeping the process alive. Not needed if a cron job
   * calls `moin-sessions purge --expired`.
   * @param every ms between the runs, at least 1000; each interval varies by up to a tenth, because several servers must
   *   not purge at the same moment
   * @returns a function that stops it; `close` stops it too
   */
  startPurging({ every }: { every: number }): () => void {
    const stopTimer = purgeRepeatedly(every, () => this.purge({ state: 'expired' }));
    const stop = () => {
      this.#purges.delete(stop);
      stopTimer();
    };
    this.#purges.add(stop);
    return stop;
  }

  /**
   * Closes the store, also one that could not be opened, and the audit log. Requests in progress can no longer save their
   * sessions.
   */
  async close(): Promise<void> {
    for (const stop of this.#purges) stop();
    try {
      await this.#given?.close();
      // A store that could not be opened has been closed.
      const opened = await this.#opening.current?.catch(() => null);
      if (opened && opened.store !== this.#given) await opened.store.close();
    } finally {
      // Last: what ends meanwhile is noted, too.
      await this.#audit?.close();
    }
  }
}

/**
 * The sessions of a site (spec 5). Opens nothing yet.
 * @throws ConfigurationError naming the option and the remedy
 */
export function createSessions(options: SessionsOptions = {}): Sessions {
  return new Sessions(options);
}

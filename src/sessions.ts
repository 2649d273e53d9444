import { Opening } from './base/opening.js';
import type { SessionsOptions } from './config/options.js';
import { readOptions, type Settings } from './config/settings.js';
import type { IncomingRequest } from './http/request.js';
import { SessionAdmin } from './session/admin/admin.js';
import type { SessionFilter } from './session/admin/filter.js';
import type { EndingFilter } from './session/admin/filter-check.js';
import type { SessionDetail, SessionInfo } from './session/admin/info.js';
import { purgeRepeatedly } from './session/admin/purge-timer.js';
import type { AdminOptions, EndUserOptions, ExpireReport, PurgeReport } from './session/admin/report.js';
import { CookieSigner } from './session/cookie/signer.js';
import { StoreSigner } from './session/cookie/store-signer.js';
import { emitter, SessionEvents } from './session/lifecycle/events.js';
import type { SessionStore } from './store/contract.js';
import { isStore } from './store/is-store.js';
import { storeOpener } from './store/open.js';
import type { UserDirectory } from './users/directory.js';
import { begin } from './visit/begin.js';
import { createSite, openUsers } from './visit/create-site.js';
import type { Site } from './visit/site.js';
import type { Visit } from './visit/visit.js';

/** What takes opening: done at the first request. */
interface Opened {
  store: SessionStore;
  admin: SessionAdmin;
  /** What receives requests; it changes when the store has another secret. */
  site: () => Promise<Site>;
}

/** A site's sessions. Tells what happens to them as events, see `SessionEvent`. */
export class Sessions extends SessionEvents {
  readonly #settings: Settings;
  readonly #openStore: () => SessionStore;
  readonly #users: UserDirectory | undefined;
  /** Secrets that were given are checked at once, so that a bad one ends the start and not a request. */
  readonly #signer: CookieSigner | null;
  readonly #opening = new Opening(() => this.#openAll());
  readonly #purges = new Set<() => void>();

  /** @throws ConfigurationError naming the option and the remedy */
  constructor(options: SessionsOptions = {}) {
    super();
    const settings = readOptions(options);
    const { store, durability, users, secrets, cookieName, methods } = settings;
    this.#settings = settings;
    this.#openStore = isStore(store) ? () => store : storeOpener(store, { durability });
    this.#users = openUsers(users);
    this.#signer = secrets === undefined ? null : new CookieSigner(cookieName, secrets);
    for (const method of methods) method.configure?.({ users: this.#users });
  }

  /**
   * Runs the auth chain on a request. Give the visit's `commit()` headers to the response before its first byte.
   * @throws StoreError when the store is out of reach, and whatever an auth method throws: then nobody is logged in
   *   and nothing was saved; answer with a 500
   */
  async begin(request: IncomingRequest): Promise<Visit> {
    const { site } = await this.#opening.get();
    return await begin(request, await site());
  }

  /**
   * Sessions in no order, one at a time; without a filter all.
   * @throws TypeError for a filter with an unknown key, one that is undefined or of a wrong type; StoreError also when
   *   the user directory cannot be asked, for which sessions are `refused`
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
   * Ends sessions now; their records stay for the purge.
   * @throws TypeError as `list`, and for an empty filter without `all: true`; StoppedError (a StoreError), with a
   *   `report` of what was done until then, when the store cannot be written; UnfinishedError, with a `report`, when
   *   single sessions failed and there is no `onFailure`
   */
  async expire(which: readonly string[] | EndingFilter, options?: AdminOptions): Promise<ExpireReport> {
    return (await this.#opening.get()).admin.expire(which, options);
  }

  /** Removes records. `{ state: 'expired' }` is the clean-up. @throws as `expire` */
  async purge(which: readonly string[] | EndingFilter, options?: AdminOptions): Promise<PurgeReport> {
    return (await this.#opening.get()).admin.purge(which, options);
  }

  /**
   * Ends all sessions of the user with this id, but for the one of the id `except`: "log out everywhere else".
   * @throws TypeError when one of them is undefined or no text; StoppedError and UnfinishedError as `expire`
   */
  async endUser(userId: string, options?: Pick<EndUserOptions, 'except'>): Promise<ExpireReport> {
    return (await this.#opening.get()).admin.endUser(userId, { ...options, by: 'user' });
  }

  /**
   * Purges what has expired, now and then, until `close` or the function that it gives is called; one run at a time,
   * and without keeping the process alive. Where a cron job calls `moin-sessions purge --expired`, this is not needed.
   * @param every ms between the runs, a second at least; each is moved by up to a tenth, so that servers do not march
   * in step
   */
  startPurging({ every }: { every: number }): () => void {
    const stop = purgeRepeatedly(every, () => this.purge({ state: 'expired' }));
    this.#purges.add(stop);
    return stop;
  }

  /** Closes the store. Sessions of requests under way can no longer be saved. */
  async close(): Promise<void> {
    for (const stop of this.#purges) stop();
    if (this.#opening.current !== null) await (await this.#opening.current).store.close();
  }

  async #openAll(): Promise<Opened> {
    const settings = this.#settings;
    const { clock } = settings;
    const users = this.#users;
    const store = this.#openStore();
    const emit = emitter(this, clock);
    const methods = settings.methods.map(({ name }) => name);
    const admin = new SessionAdmin({ store, users, methods, clock, emit });
    const site = await this.#siteSource(store, (signer) =>
      createSite(settings, { store, users, signer, emit }),
    );
    return { store, admin, site };
  }

  /** A store that gives no secret is closed again, for the next request opens another; the application's own is its own. */
  async #siteSource(store: SessionStore, siteWith: (signer: CookieSigner) => Site): Promise<Opened['site']> {
    if (this.#signer !== null) {
      const site = Promise.resolve(siteWith(this.#signer));
      return () => site;
    }
    const kept = new StoreSigner(store, this.#settings.cookieName, this.#settings.clock);
    try {
      let site = siteWith(await kept.signer());
      return async () => {
        const signer = await kept.signer();
        if (signer !== site.signer) site = siteWith(signer);
        return site;
      };
    } catch (error) {
      if (store !== this.#settings.store) await store.close();
      throw error;
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

import { expireSessions, expireSessionsOf } from './expire.js';
import type { EndingFilter } from './filter-check.js';
import { SessionLookup } from './lookup.js';
import { purgeSessions } from './purge.js';
import type { AdminOptions, EndUserOptions, ExpireOptions, ExpireReport, PurgeReport } from './report.js';
import type { AdminSources } from './select.js';

/**
 * Looks up, ends and removes the sessions of a store: for the command line and for `Sessions` (spec 5, 7).
 *
 * A filter with an unknown key, an undefined value or a value of the wrong type throws a `TypeError`; it never means
 * everybody. The work goes on when a session fails: `onFailure` gets the failure, or one `UnfinishedError` is thrown at the
 * end. The work stops when the store fails: a `StoppedError` is thrown, with the `report` so far.
 */
export class SessionAdmin extends SessionLookup {
  readonly #sources: AdminSources;

  constructor(sources: AdminSources) {
    super(sources);
    this.#sources = sources;
  }

  /**
   * Ends sessions now. Their records stay until a purge. @throws TypeError for an empty filter without `all`, and for a
   * `reason` that is empty or too long
   */
  async expire(which: readonly string[] | EndingFilter, options: ExpireOptions = {}): Promise<ExpireReport> {
    return expireSessions(this.#sources, which, options);
  }

  /** Ends all sessions of a user except `options.except`. @throws TypeError for a `userId` that is not a string */
  async endUser(userId: string, options: EndUserOptions = {}): Promise<ExpireReport> {
    return expireSessionsOf(this.#sources, userId, options);
  }

  /** Removes records. A cron job uses `{ state: 'expired' }`. @throws TypeError for an empty filter without `all` */
  async purge(which: readonly string[] | EndingFilter, options: AdminOptions = {}): Promise<PurgeReport> {
    return purgeSessions(this.#sources, which, options);
  }
}

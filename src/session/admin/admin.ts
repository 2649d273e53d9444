import { expireSessions, expireSessionsOf } from './expire.js';
import type { EndingFilter } from './filter-check.js';
import { SessionLookup } from './lookup.js';
import { purgeSessions } from './purge.js';
import type { AdminOptions, EndUserOptions, ExpireReport, PurgeReport } from './report.js';
import type { AdminSources } from './select.js';

/**
 * Looks at the sessions of a store and ends them: for the command line and for `Sessions` alike (spec 5, 7).
 *
 * A filter with an unknown key, with an undefined one or with one of a wrong type is a `TypeError`; it never means
 * everybody. A session that fails does not stop the rest; a store that fails does. Then a `StoppedError` carries the
 * `report` of what was done. Failures of single sessions go to `onFailure`, or make one `UnfinishedError` at the end.
 */
export class SessionAdmin extends SessionLookup {
  readonly #sources: AdminSources;

  constructor(sources: AdminSources) {
    super(sources);
    this.#sources = sources;
  }

  /** Ends sessions now; their records stay for the purge. @throws TypeError on an empty filter without `all` */
  async expire(which: readonly string[] | EndingFilter, options: AdminOptions = {}): Promise<ExpireReport> {
    return expireSessions(this.#sources, which, options);
  }

  /** Ends all sessions of a user, but for the one given as `except`. @throws TypeError for what is no text */
  async endUser(userId: string, options: EndUserOptions = {}): Promise<ExpireReport> {
    return expireSessionsOf(this.#sources, userId, options);
  }

  /** Removes records: `{ state: 'expired' }` for what cron does. @throws TypeError on an empty filter without `all` */
  async purge(which: readonly string[] | EndingFilter, options: AdminOptions = {}): Promise<PurgeReport> {
    return purgeSessions(this.#sources, which, options);
  }
}

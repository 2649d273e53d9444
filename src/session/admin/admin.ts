import type { SessionFilter } from './filter.js';
import type { EndingFilter } from './filter-check.js';
import type { SessionDetail, SessionInfo } from './info.js';

/** What `expire` did. `kept`: matched, but meanwhile something else than what was to be ended, or already expired. */
export interface ExpireReport {
  matched: number;
  expired: number;
  kept: number;
  failed: number;
  bytes: number;
  dryRun: boolean;
}

/** What `purge` did. `kept`: refreshed meanwhile, so no longer expired (I5). */
export interface PurgeReport {
  matched: number;
  removed: number;
  kept: number;
  failed: number;
  bytes: number;
  dryRun: boolean;
}

export interface AdminOptions {
  /** Who ends the sessions, as records and `simulate` tell it. Default `administrator`. */
  by?: 'administrator' | 'user';
  /** Only count what would be done. Default false. */
  dryRun?: boolean;
  /** Ends the work between two sessions. */
  signal?: AbortSignal;
  /** Called after each session: how many were ended or removed (or would be), and how many were looked at. */
  onProgress?: (done: number, looked: number) => void;
  /** Called for each session that was ended or removed, or would be. */
  onDone?: (id: string) => void;
  /**
   * Called for each session that could not be dealt with; it counts as `failed`. Without it, such a failure is thrown in the
   * end, as an `UnfinishedError`.
   */
  onFailure?: (id: string, error: unknown) => void;
}

export interface EndUserOptions {
  /** The id of the session that goes on; null for none. */
  except?: string | null;
  /** Noted in the records: `user` when somebody ends their own. Default `administrator`. */
  by?: 'administrator' | 'user';
}

/**
 * Looking at sessions and ending them, for operators and for the application's own pages (spec 5, 7). A filter with an
 * unknown key, one that is undefined or one of a wrong type is a `TypeError`, and never means everybody. `expire`,
 * `endUser` and `purge` go on when a session fails, but not when the store does: that is a `StoreError`, with a `report`
 * of what was done until then. Failures of single sessions are an `UnfinishedError` with a `report`, once all are
 * dealt with, unless `onFailure` hears of them.
 */
export interface SessionAdmin {
  /** Sessions in no order, one at a time. @throws StoreError also when the user directory cannot be asked */
  list(filter?: SessionFilter): AsyncIterable<SessionInfo>;
  /** One session, or null; an unreadable one too. */
  get(id: string): Promise<SessionDetail | null>;
  /** The whole ids that begin with `prefix` (4 to 32 hex digits), at most `limit` of them. */
  resolve(prefix: string, limit?: number): Promise<string[]>;
  /** Ends sessions now; their records stay for the purge. @throws TypeError on an empty filter without `all` */
  expire(which: readonly string[] | EndingFilter, options?: AdminOptions): Promise<ExpireReport>;
  /** Removes records: `{ state: 'expired' }` for what cron does. @throws TypeError on an empty filter without `all` */
  purge(which: readonly string[] | EndingFilter, options?: AdminOptions): Promise<PurgeReport>;
  /** Ends all sessions of a user, but for the one given as `except`. @throws TypeError for what is no text */
  endUser(userId: string, options?: EndUserOptions): Promise<ExpireReport>;
}

import type { SessionFilter } from './filter.js';
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
  /** Called after each session that was looked at, with how many that makes. */
  onProgress?: (done: number) => void;
  /** Called for each session that was ended or removed, or would be. */
  onDone?: (id: string) => void;
  /** Called for each session that could not be dealt with; it counts as `failed`. */
  onFailure?: (id: string, error: unknown) => void;
}

/** Looking at sessions and ending them, for operators and for the application's own pages (spec 5, 7). */
export interface SessionAdmin {
  /** Sessions in no order, one at a time. */
  list(filter?: SessionFilter): AsyncIterable<SessionInfo>;
  /** One session, or null; an unreadable one too. */
  get(id: string): Promise<SessionDetail | null>;
  /** The whole ids that begin with `prefix` (4 to 32 hex digits), at most `limit` of them. */
  resolve(prefix: string, limit?: number): Promise<string[]>;
  /** Ends sessions now; their records stay for the purge. */
  expire(which: readonly string[] | SessionFilter, options?: AdminOptions): Promise<ExpireReport>;
  /** Removes records: `{ state: 'expired' }` for what cron does. @throws TypeError on an empty filter without `all`. */
  purge(
    which: readonly string[] | (SessionFilter & { all?: boolean }),
    options?: AdminOptions,
  ): Promise<PurgeReport>;
  /**
   * Ends all sessions of a user (id or name), but for the id given as `except`. `by` is noted in the records:
   * `user` when somebody ends their own. Default `administrator`.
   */
  endUser(
    user: string,
    options?: { except?: string | null; by?: 'administrator' | 'user' },
  ): Promise<ExpireReport>;
}

import type { SessionInfo } from './info.js';

/**
 * The result of `expire`. `kept`: sessions that matched but had ended already, no longer met the filter (I5), or are
 * unreadable (I4).
 */
export interface ExpireReport {
  matched: number;
  expired: number;
  kept: number;
  failed: number;
  bytes: number;
  dryRun: boolean;
}

/**
 * The result of `purge`. `kept`: records that matched, but no longer did when they were to be removed (I5); and unreadable
 * ones whose id was not named (I4).
 */
export interface PurgeReport {
  matched: number;
  removed: number;
  kept: number;
  failed: number;
  bytes: number;
  dryRun: boolean;
}

/**
 * The result of a copy. `matched` is the sum of the fields up to `failed`.
 * `bytes` are those of the records that were copied and replaced.
 */
export interface CopyReport {
  matched: number;
  /** New in the target. */
  copied: number;
  /** The target had an older record, or another one. */
  replaced: number;
  /** The target's record stays, or the session has ended there. */
  skipped: number;
  /** Left in the source, where the next purge removes them. */
  expired: number;
  failed: number;
  /** Sessions of the target that were ended, because they have ended in the source. */
  ended: number;
  /** How many of the copied, replaced and skipped sessions were found in the target at the end. 0 in a dry run. */
  verified: number;
  /** Sessions that failed the comparison at the end: the target has lost them, or they could not be ended there. */
  unverified: number;
  bytes: number;
  dryRun: boolean;
}

/** What the report of any work on many sessions has. */
export interface BulkReport {
  matched: number;
  failed: number;
  /** Only of a copy: as in `CopyReport`. */
  unverified?: number;
}

/**
 * Why a session that matched stays as it is. `ended`: somebody had ended it. `expired`: its time was over. `changed`: it no longer
 * met the filter (I5). `unreadable`: only its id removes it (I4).
 */
export type KeptBecause = 'ended' | 'expired' | 'changed' | 'unreadable';

export interface AdminOptions {
  /** Who ends the sessions, for records and `simulate`. Default `administrator`. */
  by?: 'administrator' | 'user';
  /** Count only, write nothing. Default false. */
  dryRun?: boolean;
  /** Stops the work after the sessions that are in work: one, or two batches of a purge. All of them are counted. */
  signal?: AbortSignal;
  /** Called after each session with two counts: sessions ended or removed (in a dry run, to be), and sessions looked at. */
  onProgress?: (done: number, looked: number) => void;
  /** Called for each session that was ended or removed, or would be. */
  onDone?: (id: string) => void;
  /** Called for the same sessions: each as it was found, before it was ended or removed. */
  onSession?: (session: SessionInfo) => void;
  /** Called for each session that the report counts as `kept`. */
  onKept?: (id: string, because: KeptBecause) => void;
  /**
   * Called for each session that failed. Without it, an `UnfinishedError` is thrown at the end when any session failed.
   */
  onFailure?: (id: string, error: unknown) => void;
}

export interface ExpireOptions extends AdminOptions {
  /**
   * Why, for operators: 1 to 200 characters, in any script. The record keeps it; `inspect`, `list --fields endReason` and
   * `simulate` show it. Default: none.
   */
  reason?: string | undefined;
}

export interface EndUserOptions {
  /** The id of a session that stays; null for none. */
  except?: string | null;
  /** Who ends the sessions: `administrator` for a ban. Records keep it, `simulate` tells it. Default `user`. */
  by?: 'administrator' | 'user';
  /** Why, for operators: as in `ExpireOptions`. Default: none. */
  reason?: string;
}

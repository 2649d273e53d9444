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

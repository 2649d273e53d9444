import { errorCode, MoinSessionsError, PartialError, StoreError } from '../../base/errors.js';
import { DISK_FULL } from '../../disk/fault.js';
import type { AdminOptions, ExpireReport, PurgeReport } from './report.js';

/** What was done with one session. Null for a session that does not count, such as one that is no longer there. */
export type Outcome = { done: boolean; bytes: number } | null;

export interface Tally {
  matched: number;
  done: number;
  kept: number;
  failed: number;
  bytes: number;
  /** The fault that stopped the work, because all other sessions would fail as well; null for none. */
  fault: StoreError | null;
  /** The first failure of a session, if there is no `onFailure`; else null. */
  unreported: MoinSessionsError | null;
}

/** The store cannot be written, so the work stopped. `report` counts what was done before. */
export class StoppedError extends StoreError {
  constructor(
    fault: StoreError,
    readonly report: ExpireReport | PurgeReport,
  ) {
    super(`${fault.message}; stopped there, for the others would fail, too`, { cause: fault });
  }
}

/** Some sessions failed, and there is no `onFailure`. `report` counts what was done; `cause` is the first failure. */
export class UnfinishedError extends PartialError {
  constructor(
    cause: MoinSessionsError,
    readonly report: ExpireReport | PurgeReport,
  ) {
    super(`${report.failed} of ${report.matched} sessions failed, the first one since ${cause.message}`, {
      cause,
    });
  }
}

/** Every further write fails with the same code. */
const HOPELESS: ReadonlySet<string | undefined> = new Set([...DISK_FULL, 'EROFS', 'ENOLCK']);
/** This many equal faults in a row are the store's, not those of single sessions. */
const TOO_MANY = 3;

/** Whether to count the sessions only, and to write nothing. */
export function isDry({ dryRun = false }: AdminOptions): boolean {
  return dryRun;
}

/**
 * Runs `action` on one session after the other and counts the outcomes. A failure of one session does not stop the work. A
 * fault of the store does; any other error is thrown.
 */
export async function runBulk<T extends { id: string }>(
  targets: AsyncIterable<T>,
  action: (target: T) => Promise<Outcome>,
  { signal, onProgress, onDone, onFailure }: AdminOptions,
): Promise<Tally> {
  const tally: Tally = { matched: 0, done: 0, kept: 0, failed: 0, bytes: 0, fault: null, unreported: null };
  const isFaultOfStore = faultCounter();
  let looked = 0;
  for await (const target of targets) {
    signal?.throwIfAborted();
    try {
      const outcome = await action(target);
      if (outcome !== null) count(tally, outcome);
      if (outcome?.done) onDone?.(target.id);
      isFaultOfStore(null);
    } catch (error) {
      if (!(error instanceof MoinSessionsError)) throw error;
      tally.matched += 1;
      tally.failed += 1;
      if (isFaultOfStore(error)) return { ...tally, fault: error };
      if (onFailure === undefined) tally.unreported ??= error;
      else onFailure(target.id, error);
    }
    looked += 1;
    onProgress?.(tally.done, looked);
  }
  return tally;
}

/** Returns a function that gets each session's error, or null, and returns whether it is a fault of the whole store. */
function faultCounter(): (error: MoinSessionsError | null) => error is StoreError {
  let code: string | undefined;
  let inARow = 0;
  return (error): error is StoreError => {
    if (!(error instanceof StoreError)) {
      inARow = 0;
      return false;
    }
    const latest = errorCode(error.cause);
    inARow = inARow > 0 && latest === code ? inARow + 1 : 1;
    code = latest;
    return HOPELESS.has(code) || inARow === TOO_MANY;
  };
}

function count(tally: Tally, { done, bytes }: NonNullable<Outcome>): void {
  tally.matched += 1;
  if (done) {
    tally.done += 1;
    tally.bytes += bytes;
  } else {
    tally.kept += 1;
  }
}

/** @throws StoppedError when a fault of the store stopped the work, UnfinishedError for failures without `onFailure` */
export function expireReport(tally: Tally, dryRun: boolean): ExpireReport {
  const { matched, done, kept, failed, bytes } = tally;
  return orStopped(tally, { matched, expired: done, kept, failed, bytes, dryRun });
}

/** @throws StoppedError when a fault of the store stopped the work, UnfinishedError for failures without `onFailure` */
export function purgeReport(tally: Tally, dryRun: boolean): PurgeReport {
  const { matched, done, kept, failed, bytes } = tally;
  return orStopped(tally, { matched, removed: done, kept, failed, bytes, dryRun });
}

function orStopped<R extends ExpireReport | PurgeReport>({ fault, unreported }: Tally, report: R): R {
  if (fault !== null) throw new StoppedError(fault, report);
  if (unreported !== null) throw new UnfinishedError(unreported, report);
  return report;
}

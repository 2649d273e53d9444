import { errorCode, MoinSessionsError, PartialError, StoreError } from '../../base/errors.js';
import { DISK_FULL } from '../../disk/fault.js';
import type { AdminOptions, ExpireReport, PurgeReport } from './report.js';

/** What became of one session; null when there was none, so that it counts for nothing. */
export type Outcome = { done: boolean; bytes: number } | null;

export interface Tally {
  matched: number;
  done: number;
  kept: number;
  failed: number;
  bytes: number;
  /** What ended the work before its time, since it would fail for all others, too. */
  fault: StoreError | null;
  /** The first failure of a session that nobody was told of by `onFailure`. */
  unreported: MoinSessionsError | null;
}

/** The store itself cannot be written: the work stopped there. `report` tells what was done until then. */
export class StoppedError extends StoreError {
  constructor(
    fault: StoreError,
    readonly report: ExpireReport | PurgeReport,
  ) {
    super(`${fault.message}; stopped there, for the others would fail, too`, { cause: fault });
  }
}

/** Some sessions failed, and there was no `onFailure` to say so. `report` tells what was done, `cause` the first failure. */
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

/** Whatever is written next fails in the same way. */
const HOPELESS: ReadonlySet<string | undefined> = new Set([...DISK_FULL, 'EROFS', 'ENOLCK']);
/** So many equal faults of the store in a row are no longer those of single sessions. */
const TOO_MANY = 3;

/** Whether nothing is to be done, but counted. */
export function isDry({ dryRun = false }: AdminOptions): boolean {
  return dryRun;
}

/**
 * Deals with sessions one after the other and counts what became of them. One that fails does not stop the rest; a
 * fault of the store does, and what is no fault of store or record.
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

/** Hears of each session what made it fail, or null, and says whether that is a fault of the whole store. */
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

/** @throws StoppedError when a fault of the store ended the work, UnfinishedError for failures that were not reported */
export function expireReport(tally: Tally, dryRun: boolean): ExpireReport {
  const { matched, done, kept, failed, bytes } = tally;
  return orStopped(tally, { matched, expired: done, kept, failed, bytes, dryRun });
}

/** @throws StoppedError when a fault of the store ended the work, UnfinishedError for failures that were not reported */
export function purgeReport(tally: Tally, dryRun: boolean): PurgeReport {
  const { matched, done, kept, failed, bytes } = tally;
  return orStopped(tally, { matched, removed: done, kept, failed, bytes, dryRun });
}

function orStopped<R extends ExpireReport | PurgeReport>({ fault, unreported }: Tally, report: R): R {
  if (fault !== null) throw new StoppedError(fault, report);
  if (unreported !== null) throw new UnfinishedError(unreported, report);
  return report;
}

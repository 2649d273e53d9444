import { type MoinSessionsError, PartialError, StoreError } from '../../base/errors.js';
import type { AdminOptions, BulkReport, CopyReport, ExpireReport, PurgeReport } from './report.js';
import type { Tally } from './tally.js';

/** The store cannot be written, so the work stopped. `report` counts what was done before. */
export class StoppedError<R extends BulkReport = ExpireReport | PurgeReport> extends StoreError {
  constructor(
    fault: StoreError,
    readonly report: R,
  ) {
    super(`${fault.message}; stopped there, for the others would fail, too`, { cause: fault });
  }
}

/** Some sessions failed, and there is no `onFailure`. `report` counts what was done; `cause` is the first failure. */
export class UnfinishedError<R extends BulkReport = ExpireReport | PurgeReport> extends PartialError {
  constructor(
    cause: MoinSessionsError,
    readonly report: R,
  ) {
    super(`${failuresIn(report)}, the first one since ${cause.message}`, { cause });
  }
}

function failuresIn({ matched, failed, unverified = 0 }: BulkReport): string {
  const bulk = `${failed} of ${matched} sessions failed`;
  return unverified === 0 ? bulk : `${bulk}, and ${unverified} the comparison at the end`;
}

/** Whether to count the sessions only, and to write nothing. */
export function isDry({ dryRun = false }: AdminOptions): boolean {
  return dryRun;
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

/** @throws StoppedError when a fault of a store stopped the work, UnfinishedError for failures without `onFailure` */
export function copyReport(
  tally: Tally,
  counts: Pick<CopyReport, 'copied' | 'replaced' | 'expired' | 'ended' | 'unverified'>,
  verified: number,
  dryRun: boolean,
): CopyReport {
  const { matched, kept, failed, bytes } = tally;
  const { copied, replaced, expired, ended, unverified } = counts;
  const skipped = kept - expired;
  return orStopped(tally, {
    matched,
    copied,
    replaced,
    skipped,
    expired,
    failed,
    ended,
    verified,
    unverified,
    bytes,
    dryRun,
  });
}

function orStopped<R extends BulkReport>({ fault, unreported }: Tally, report: R): R {
  if (fault !== null) throw new StoppedError(fault, report);
  if (unreported !== null) throw new UnfinishedError(unreported, report);
  return report;
}

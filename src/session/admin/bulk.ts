import { type MoinSessionsError, PartialError, StoreError } from '../../base/errors.js';
import type { AdminOptions, ExpireReport, PurgeReport } from './report.js';
import type { Tally } from './tally.js';

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

function orStopped<R extends ExpireReport | PurgeReport>({ fault, unreported }: Tally, report: R): R {
  if (fault !== null) throw new StoppedError(fault, report);
  if (unreported !== null) throw new UnfinishedError(unreported, report);
  return report;
}

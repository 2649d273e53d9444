import { MoinSessionsError } from '../../base/errors.js';
import type { IdSet } from '../../base/id-set.js';
import { StoppedError } from '../../session/admin/bulk.js';
import type { OnConflict } from '../../session/admin/copy/put-record.js';
import type { CopyReport } from '../../session/admin/report.js';
import type { ExportFile } from '../../session/admin/transfer/export-file.js';
import { importSessions } from '../../session/admin/transfer/import.js';
import type { CliContext } from '../context.js';
import type { SiteOptions, WritingOptions } from '../input/flags.js';
import { counted, grouped } from '../output/humanize.js';
import { GOES_ON, reportInterruption } from '../output/interruption.js';
import type { OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { auditRun } from '../site/audit-run.js';
import type { OpenSite } from '../site/site.js';
import type { IdList } from '../sort/id-list.js';
import { failureNotes } from './failures.js';

/** The flags of `import`. */
export interface ImportOptions extends SiteOptions, OutputOptions, WritingOptions {
  onConflict: OnConflict;
}

/** One run of the command on an open site, with a file that was checked. */
export interface ImportRun {
  context: CliContext;
  options: ImportOptions;
  site: OpenSite;
  file: ExportFile;
  ids: IdSet;
}

/**
 * Imports the sessions, with progress on a terminal. The audit log notes the beginning and the end.
 * @returns the report; `fault` is the error that stopped the import early, or null
 */
export async function importRecords(
  run: ImportRun,
  doneIds: IdList | null,
): Promise<{ report: CopyReport; fault: StoppedError<CopyReport> | null }> {
  const { context, options, site, ids } = run;
  if (options.dryRun) return importWith(run, (id) => doneIds?.add(id));
  let done = 0;
  const onDone = (id: string) => {
    done += 1;
    doneIds?.add(id);
  };
  return auditRun(context, site, { event: 'imported', done: () => done }, async () => {
    try {
      const result = await importWith(run, onDone);
      const { copied, replaced, ended } = result.report;
      const count = copied + replaced + ended;
      site.audit({ event: 'imported', count, ...(result.fault !== null && { reason: 'failed' }) });
      return result;
    } catch (error) {
      // Not of the store: the file has changed.
      if (!(error instanceof MoinSessionsError)) throw error;
      const written = `${grouped(done)} of ${counted(ids.size, 'session')}`;
      throw new MoinSessionsError(
        `${error.message}; until then ${written} came into ${site.store.location}, as they were when the file was checked`,
        { cause: error },
      );
    }
  });
}

async function importWith(
  { context, options, site, file, ids }: ImportRun,
  onDone: (id: string) => void,
): Promise<{ report: CopyReport; fault: StoppedError<CopyReport> | null }> {
  const { dryRun = false, quiet = false, onConflict } = options;
  const total = ids.size;
  const progress = startProgress(context, dryRun ? 'Counting' : 'Imported', { quiet, total });
  let done = 0;
  const forget = reportInterruption(context, () => {
    progress.end();
    return { past: 'Imported', done, total, dryRun, isAtLeast: true, advice: GOES_ON };
  });
  try {
    const target = { store: site.store, now: site.clock };
    const report = await importSessions(file, ids, target, {
      onConflict,
      dryRun,
      signal: context.signal,
      onProgress: (_done, looked) => progress.at(looked),
      onDone: (id) => {
        done += 1;
        onDone(id);
      },
      onFailure: failureNotes(context, null),
    });
    return { report, fault: null };
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    return { report: error.report as CopyReport, fault: error };
  } finally {
    progress.end();
    forget();
  }
}

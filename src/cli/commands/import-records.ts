import type { IdSet } from '../../base/id-set.js';
import { StoppedError } from '../../session/admin/bulk.js';
import type { OnConflict } from '../../session/admin/copy/put-record.js';
import type { CopyReport } from '../../session/admin/report.js';
import type { ExportFile } from '../../session/admin/transfer/export-file.js';
import { importSessions } from '../../session/admin/transfer/import.js';
import type { CliContext } from '../context.js';
import type { SiteOptions, WritingOptions } from '../input/flags.js';
import { reportInterruption } from '../output/interruption.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import type { OpenSite } from '../site/site.js';
import type { IdList } from '../sort/id-list.js';
import { failureText } from './failures.js';

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
 * Imports the sessions, with progress on a terminal.
 * @returns the report; `fault` is the error that stopped the import early, or null
 */
export async function importRecords(
  { context, options, site, file, ids }: ImportRun,
  doneIds: IdList | null,
): Promise<{ report: CopyReport; fault: StoppedError<CopyReport> | null }> {
  const { dryRun = false, quiet = false, onConflict } = options;
  const total = ids.size;
  const progress = startProgress(context, dryRun ? 'Counting' : 'Imported', { quiet, total });
  let done = 0;
  reportInterruption(context, () => {
    progress.end();
    if (done > 0 && !dryRun) site.audit({ event: 'imported', count: done, reason: 'interrupted' });
    return { past: 'Imported', done, total, dryRun, isAtLeast: true, advice: 'the same command goes on' };
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
        doneIds?.add(id);
      },
      onFailure: (id, error) => void note(context, failureText(id, error)),
    });
    return { report, fault: null };
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    return { report: error.report as CopyReport, fault: error };
  } finally {
    progress.end();
  }
}

import { copySessions } from '../../session/admin/copy/copy.js';
import type { OnConflict } from '../../session/admin/copy/put-record.js';
import type { SessionFilter } from '../../session/admin/filter.js';
import type { CopyReport } from '../../session/admin/report.js';
import type { SessionStore } from '../../store/contract.js';
import type { CliContext } from '../context.js';
import type { SiteOptions, WritingOptions } from '../input/flags.js';
import { GOES_ON, reportInterruption } from '../output/interruption.js';
import type { OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import type { FilterOptions } from '../selection/filters.js';
import type { OpenSite } from '../site/site.js';
import { failureNotes } from './failures.js';
import { noteLeavingWiki, timesFor } from './wiki-notes.js';

/** The flags of `copy`. */
export interface CopyCommandOptions extends SiteOptions, OutputOptions, WritingOptions, FilterOptions {
  to: string;
  onConflict: OnConflict;
  secret: boolean;
  mirror?: boolean;
}

/** One run of the command between two open stores. */
export interface CopyRun {
  context: CliContext;
  options: CopyCommandOptions;
  site: OpenSite;
  target: SessionStore;
  filter: SessionFilter;
}

/** Copies the records, with progress on a terminal. @param onDone gets the ids of those copied */
export async function copyRecords(run: CopyRun, onDone: (id: string) => void): Promise<CopyReport> {
  const { context, options, site, target, filter } = run;
  const { dryRun = false, quiet = false, onConflict, mirror = false } = options;
  const total = await totalForProgress(run);
  const copying = startProgress(context, dryRun ? 'Counting' : 'Copied', { quiet, total });
  const checking = startProgress(context, 'Checked', { quiet });
  let done = 0;
  const forget = reportInterruption(context, () => {
    copying.end();
    checking.end();
    return { past: 'Copied', done, total, dryRun, isAtLeast: true, advice: GOES_ON };
  });
  const times = timesFor(site);
  let shortened = 0;
  try {
    const report = await copySessions(site, target, filter, {
      onConflict,
      ...(times && { adapt: times.adapt }),
      mirror,
      dryRun,
      signal: context.signal,
      // The bar shows how much of the source is read: a session that is skipped is dealt with, too.
      onProgress: (_done, looked) => copying.at(looked),
      onCheck: (checked) => checking.at(checked),
      onDone: (id) => {
        done += 1;
        if (times?.hasShortened(id)) shortened += 1;
        onDone(id);
      },
      onFailure: failureNotes(context, site.store),
    });
    copying.end();
    checking.end();
    if (times !== null) await noteLeavingWiki(context, { shortened, dryRun, quiet });
    return report;
  } finally {
    copying.end();
    checking.end();
    forget();
  }
}

/** Counts the sessions first where somebody watches. */
async function totalForProgress({ context, options, site, filter }: CopyRun): Promise<number | undefined> {
  if (!context.err.isTTY || options.quiet || options.dryRun) return undefined;
  let total = 0;
  for await (const _ of startProgress(context, 'Counting').over(site.lookup.list(filter))) total += 1;
  return total;
}

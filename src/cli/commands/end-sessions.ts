import { SessionAdmin } from '../../session/admin/admin.js';
import { StoppedError } from '../../session/admin/bulk.js';
import type { CliContext } from '../context.js';
import { assertWritableNow } from '../input/flags.js';
import { reportInterruption } from '../output/interruption.js';
import { note } from '../output/note.js';
import { startProgress } from '../output/progress.js';
import { type Report, reportView, writeReport } from '../output/report.js';
import { RowOutput } from '../output/row-output.js';
import { assertSelection, selectSessions } from '../selection/select-sessions.js';
import { withSite } from '../site/site.js';
import { IdList } from '../sort/id-list.js';
import { confirmAction } from './confirm-action.js';
import { assertWhole, failureText } from './failures.js';
import type { ActionRun, EndOptions, SessionAction } from './session-action.js';

/** Ends or removes the selected sessions, and writes the report. Asks first when some of them are active. */
export async function endSessions(
  context: CliContext,
  action: SessionAction,
  prefixes: readonly string[],
  options: EndOptions,
): Promise<void> {
  assertWritableNow(options);
  assertSelection(prefixes, options);
  const output = new RowOutput(context, options, reportView(action));
  const readOnly = options.dryRun === true;
  await withSite(
    context,
    options,
    async (site) => {
      const { which, missing } = await selectSessions(site, prefixes, options);
      for (const sentence of missing) await note(context, sentence);
      const doneIds = output.format === 'ids' ? new IdList() : null;
      const { report, fault } = await perform({ context, action, options, site, which }, doneIds);
      await writeReport(output, report, action, doneIds ?? []);
      if (fault !== null) throw fault;
      assertWhole(report, missing.length);
    },
    { readOnly },
  );
}

/** @returns the report; `fault` is the error that stopped the action early, or null */
async function perform(
  run: ActionRun,
  doneIds: IdList | null,
): Promise<{ report: Report; fault: StoppedError | null }> {
  const { context, action, options, site, which } = run;
  const { dryRun = false, quiet = false } = options;
  const total = await confirmAction(run);
  const progress = startProgress(context, dryRun ? 'Counting' : action.past, { quiet, total });
  let done = 0;
  reportInterruption(context, () => {
    progress.end();
    // The sessions that were ended are noted one by one.
    if (action.doneField === 'removed' && done > 0 && !dryRun)
      site.audit({ event: 'purged', count: done, reason: 'interrupted' });
    return { past: action.past, done, total, dryRun, isAtLeast: action.isAhead(site.store, which) };
  });
  try {
    const report = await action.perform(new SessionAdmin(site), which, {
      dryRun,
      signal: context.signal,
      onProgress: progress.at,
      onDone: (id) => {
        done += 1;
        doneIds?.add(id);
      },
      onFailure: (id, error) => void note(context, failureText(id, error)),
    });
    return { report, fault: null };
  } catch (error) {
    if (error instanceof StoppedError) return { report: error.report, fault: error };
    throw error;
  } finally {
    progress.end();
  }
}

import { DeniedRecordError } from '../../base/errors.js';
import { SessionAdmin } from '../../session/admin/admin.js';
import { StoppedError } from '../../session/admin/bulk.js';
import { gapsOf } from '../../store/gaps.js';
import type { CliContext } from '../context.js';
import { assertWritableNow } from '../input/flags.js';
import { reportInterruption } from '../output/interruption.js';
import { note } from '../output/note.js';
import { showReading, startProgress } from '../output/progress.js';
import type { KeptCounts, Report } from '../output/report.js';
import { givenFilters, namesUsers } from '../selection/filters.js';
import { assertSelection, isIdList, selectSessions } from '../selection/select-sessions.js';
import { STDIN } from '../selection/session-ids.js';
import { auditRun } from '../site/audit-run.js';
import type { Sight } from '../site/gaps.js';
import { noteMissingStore } from '../site/missing-store.js';
import { withSite } from '../site/site.js';
import { confirmAction } from './confirm-action.js';
import { EndOutput } from './end-output.js';
import { assertWhole, failureText } from './failures.js';
import type { ActionRun, EndOptions, SessionAction } from './session-action.js';
import { EndedVisitors, expiredVisitorsNote, reasonNote } from './wiki-notes.js';

/** Ends or removes the selected sessions, and writes the report. Asks first when some of them are active. */
export async function endSessions(
  context: CliContext,
  action: SessionAction,
  args: readonly string[],
  options: EndOptions,
): Promise<void> {
  assertWritableNow(options);
  assertSelection(args, options);
  const output = new EndOutput(context, options, action);
  const isPiped = args.includes(STDIN);
  const readOnly = options.dryRun === true;
  // The first purge of cron may come before the first session. Whoever is thrown out must be looked for in a store that is there.
  const mayBeMissing = action.doneField === 'removed' && options.expired ? 'folder' : 'never';
  await withSite(
    context,
    options,
    async (site) => {
      if (!options.quiet) await noteMissingStore(context, site.store);
      const { which, missing, notes } = await selectSessions(context, site, args, options);
      for (const sentence of [...missing, ...notes]) await note(context, sentence);
      const aboutReason = reasonNote(site, options.reason);
      if (aboutReason !== null && !options.quiet) await note(context, aboutReason);
      const { report, kept, fault } = await perform(
        { context, action, options, site, which, isPiped },
        output,
      );
      await output.end(report, kept);
      if (fault !== null) throw fault;
      assertWhole(report, missing.length);
    },
    {
      readOnly,
      mayBeMissing,
      sight: args.length > 0 ? null : sightFor(options),
    },
  );
}

function sightFor(options: EndOptions): Sight {
  const isByUser = namesUsers(options);
  return { needsAll: true, isByUser, endsUsers: isByUser && givenFilters(options).length === 1 };
}

interface Performed {
  report: Report;
  kept: KeptCounts;
  /** The error that stopped the action early, or null. */
  fault: StoppedError | null;
}

async function perform(run: ActionRun, output: EndOutput): Promise<Performed> {
  const { context, action, options, site } = run;
  const total = await confirmAction(run);
  // The sessions that are ended are noted one by one.
  if (options.dryRun || action.doneField !== 'removed') return performWith(run, output, total, () => {});
  let done = 0;
  return auditRun(context, site, { event: 'purged', done: () => done }, async () => {
    const performed = await performWith(run, output, total, () => {
      done += 1;
    });
    // Of removed records the purge itself notes the count.
    const failed = performed.fault !== null && { reason: 'failed' };
    if (done === 0) site.audit({ event: 'purged', count: 0, ...failed });
    return performed;
  });
}

async function performWith(
  run: ActionRun,
  output: EndOutput,
  total: number | undefined,
  onDone: () => void,
): Promise<Performed> {
  const { context, action, options, site, which } = run;
  const { dryRun = false, quiet = false, reason } = options;
  const progress = startProgress(context, dryRun ? 'Counting' : action.past, {
    quiet: quiet || output.fillsTerminal,
    total,
  });
  let done = 0;
  showReading(site, progress, () => done);
  const kept: KeptCounts = {};
  const visitors = new EndedVisitors(site.store, action.doneField === 'expired');
  const { onSession } = output.listing();
  const listener = visitors.listening(onSession);
  const forget = reportInterruption(context, () => {
    progress.end();
    return { past: action.past, done, total, dryRun, isAtLeast: action.isAhead(site.store, which) };
  });
  try {
    const report = await action.perform(new SessionAdmin(site), which, {
      dryRun,
      ...(reason !== undefined && { reason }),
      signal: context.signal,
      onProgress: progress.at,
      onDone: (id) => {
        done += 1;
        onDone();
        output.done(id);
      },
      ...(listener && { onSession: listener }),
      onKept: (_id, because) => {
        kept[because] = (kept[because] ?? 0) + 1;
      },
      onFailure: (id, error) => {
        output.failed(id);
        if (!isToldAtEnd(error, run)) void note(context, failureText(id, error));
      },
    });
    progress.end();
    const notes = [visitors.note(dryRun), expiredVisitorsNote(site.store, kept.expired)];
    for (const sentence of notes) if (sentence !== null && !quiet) await note(context, sentence);
    return { report, kept, fault: null };
  } catch (error) {
    if (error instanceof StoppedError) return { report: error.report, kept, fault: error };
    throw error;
  } finally {
    progress.end();
    forget();
  }
}

/**
 * Whether one line for all says so at the end (`tellingGaps`): of sessions that may not be read, and that nobody named. For users of a
 * wiki it names none.
 */
function isToldAtEnd(error: unknown, { which, options, site }: ActionRun): boolean {
  if (!(error instanceof DeniedRecordError) || isIdList(which)) return false;
  return !namesUsers(options) || gapsOf(site.store)?.place === 'store';
}

import { MoinSessionsError, PartialError, StoreError, UsageError } from '../../base/errors.js';
import { SessionAdmin } from '../../session/admin/admin.js';
import { StoppedError } from '../../session/admin/bulk.js';
import type { SessionLookup } from '../../session/admin/lookup.js';
import type { AdminOptions, ExpireReport, PurgeReport } from '../../session/admin/report.js';
import type { SessionState } from '../../session/lifecycle/state.js';
import { type CliContext, isInteractive } from '../context.js';
import { assertWritableNow, formatOf, isSilent, type WritingOptions } from '../input/flags.js';
import { counted, grouped } from '../output/humanize.js';
import { reportInterruption } from '../output/interruption.js';
import { note } from '../output/note.js';
import { rowsOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { reportView, type Words, writeReport } from '../output/report.js';
import { chooseColumns } from '../output/view.js';
import {
  assertSelection,
  type IdsOrFilter,
  isIdList,
  type SelectedSessions,
  type SelectionOptions,
  selectSessions,
} from '../selection/select-sessions.js';
import { type OpenSite, withSite } from '../site/site.js';
import { IdList } from '../sort/id-list.js';

/** Which sessions `expire` or `purge` is told to deal with. */
export interface EndingOptions extends WritingOptions, SelectionOptions {}

/** The ways in which `expire` and `purge` differ: `verb` as in "it would end 3 active sessions", `past` as in "Ended 3". */
export interface Ending extends Words {
  /** Whether a session in this state is ended or removed, and not left as it is. `named`: by its id. */
  concerns(state: SessionState, named: boolean): boolean;
  carryOut(
    admin: SessionAdmin,
    which: IdsOrFilter,
    options: AdminOptions,
  ): Promise<ExpireReport | PurgeReport>;
}

/** Ends or removes the sessions that are meant, asks before that where needed, and reports. */
export async function endSessions(
  context: CliContext,
  ending: Ending,
  named: readonly string[],
  options: EndingOptions,
): Promise<void> {
  assertWritableNow(options);
  assertSelection(named, options);
  formatOf(options);
  chooseColumns(reportView(ending.counted), options.fields, false);
  const readOnly = options.dryRun === true;
  await withSite(context, options, (site) => endOn(context, ending, site, named, options), { readOnly });
}

async function endOn(
  context: CliContext,
  ending: Ending,
  site: OpenSite,
  named: readonly string[],
  options: EndingOptions,
): Promise<void> {
  const target = await selectSessions(site, named, options);
  for (const sentence of target.missing) await note(context, sentence);
  const done = new IdList();
  const { report, fault } = await carryOut(context, ending, site, target, options, done);
  const show = await rowsOptions(context, options, site.clock());
  if (!isSilent(options)) await writeReport(context.out, report, ending, { ...show, done });
  if (fault !== null) throw fault;
  assertWhole(report, target.missing.length);
}

/** @returns also what ended the work before its time, or null */
async function carryOut(
  context: CliContext,
  ending: Ending,
  site: OpenSite,
  { which }: SelectedSessions,
  options: EndingOptions,
  done: IdList,
): Promise<{ report: ExpireReport | PurgeReport; fault: StoppedError | null }> {
  const { dryRun = false, quiet = false } = options;
  const total = await askFirst(context, ending, site, which, options);
  const progress = startProgress(context, dryRun ? 'Counting' : ending.past, { quiet, ...total });
  let doneCount = 0;
  reportInterruption(context, () => {
    progress.end();
    return { past: ending.past, done: doneCount, ...total, dryRun };
  });
  try {
    const report = await ending.carryOut(new SessionAdmin(site), which, {
      dryRun,
      signal: context.signal,
      onProgress: progress.at,
      onDone: (id) => {
        doneCount += 1;
        if (formatOf(options) === 'ids') done.add(id);
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

/** Asks before active sessions are ended. Gives how many will be, where that is known. */
async function askFirst(
  context: CliContext,
  ending: Ending,
  { lookup, store, clock }: OpenSite,
  which: IdsOrFilter,
  { dryRun, yes, quiet = false }: EndingOptions,
): Promise<{ total?: number }> {
  const progress = startProgress(context, 'Counting', { quiet });
  if (isIdList(which) && (dryRun || yes)) return { total: which.length };
  // Counted for the bar alone, by the times of files: nobody waits for it where none is drawn.
  if (isCleanUp(which) && !dryRun && context.err.isTTY && !quiet)
    return { total: await lengthOf(progress.over(store.expiryCandidates(clock()))) };
  if (dryRun || yes || isHarmless(which)) return {};
  const { total, active } = await count(lookup, which, ending, progress.over);
  if (active === 0) return { total };
  const what = `${ending.verb} ${counted(active, 'active session')}`;
  if (!isInteractive(context))
    throw new UsageError(`this would ${what}: add --yes, or look first with --dry-run`);
  if (await context.confirm(`Really ${what}?`)) return { total };
  throw new MoinSessionsError('nothing was done, since you did not say yes');
}

/** Whether all that has expired is meant, and nothing else. */
function isCleanUp(which: IdsOrFilter): boolean {
  return !isIdList(which) && which.state === 'expired' && Object.keys(which).length === 1;
}

async function lengthOf(rows: AsyncIterable<unknown>): Promise<number> {
  let length = 0;
  for await (const _ of rows) length += 1;
  return length;
}

/** Whether a filter means sessions in another state than active. */
function isHarmless(which: IdsOrFilter): boolean {
  return !isIdList(which) && which.state !== undefined && which.state !== 'active';
}

async function count(
  lookup: SessionLookup,
  which: IdsOrFilter,
  ending: Ending,
  over: <T>(rows: AsyncIterable<T>) => AsyncIterable<T>,
): Promise<{ total: number; active: number }> {
  const isNamed = isIdList(which);
  const { all: _all, ...filter } = isNamed ? { ids: which, all: false } : which;
  let total = 0;
  let active = 0;
  for await (const { state } of over(lookup.list(filter))) {
    if (ending.concerns(state, isNamed)) total += 1;
    if (state === 'active') active += 1;
  }
  return { total, active };
}

function failureText(id: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes(id) ? message : `session ${id}: ${message}`;
}

/** @throws PartialError when something failed or was missing and something else was not, StoreError when all failed. */
function assertWhole({ matched, failed }: ExpireReport | PurgeReport, missing: number): void {
  if (failed > 0 && failed === matched && missing === 0)
    throw new StoreError(`${counted(failed, 'session')} failed, as said above`);
  const parts = [];
  if (failed > 0) parts.push(`${grouped(failed)} of ${counted(matched, 'session')} failed`);
  if (missing > 0) parts.push(`${grouped(missing)} of what was named was not found`);
  if (parts.length > 0) throw new PartialError(`${parts.join(' and ')}, as said above`);
}

import { MoinSessionsError, UsageError } from '../../base/errors.js';
import { isCleanUp } from '../../session/admin/filter.js';
import { conditionsOf } from '../../session/admin/filter-check.js';
import { isInteractive } from '../context.js';
import { counted } from '../output/humanize.js';
import { startProgress } from '../output/progress.js';
import { type IdsOrFilter, isIdList } from '../selection/select-sessions.js';
import type { ActionRun } from './session-action.js';

/**
 * Asks before the command ends or removes active sessions (spec 7), or refused ones whose cookies are still valid: another site,
 * with the right users, may let them in. `--refused` asks for them by name.
 * @returns how many sessions the action will change; undefined when they were not counted
 * @throws UsageError without a terminal to ask on; MoinSessionsError when the answer is no
 */
export async function confirmAction(run: ActionRun): Promise<number | undefined> {
  const { context, action, which, options } = run;
  if (options.dryRun || options.yes || selectsInactive(which)) return totalForProgress(run);
  const { total, active, refused } = await count(run);
  if (active + refused === 0) return total;
  const what = `${action.verb} ${described(active, refused)}`;
  if (!isInteractive(context))
    throw new UsageError(`this would ${what}: add --yes, or look first with --dry-run`);
  if (await context.confirm(`Really ${what}?`)) return total;
  throw new MoinSessionsError('nothing was done, since you did not say yes');
}

function described(active: number, refused: number): string {
  if (refused === 0) return counted(active, 'active session');
  const others = `${counted(refused, 'session')} whose user or method is refused here`;
  return active === 0 ? others : `${counted(active, 'active session')} and ${others}`;
}

/** Whether a filter selects one state, and not the active one. */
function selectsInactive(which: IdsOrFilter): boolean {
  return !isIdList(which) && which.state !== undefined && which.state !== 'active';
}

/** Counts only where that is cheap: ids have a length, and the store finds expired sessions without reading them. */
async function totalForProgress({ context, site, which, options }: ActionRun): Promise<number | undefined> {
  const { dryRun = false, quiet = false } = options;
  if (isIdList(which)) return which.length;
  if (!isCleanUp(which) || dryRun || !context.err.isTTY || quiet) return undefined;
  const candidates = site.store.expiryCandidates(site.clock());
  let total = 0;
  for await (const _ of startProgress(context, 'Counting').over(candidates)) total += 1;
  return total;
}

async function count({ context, action, site, which, options }: ActionRun): Promise<{
  total: number;
  active: number;
  refused: number;
}> {
  const isNamed = isIdList(which);
  const filter = isNamed ? { ids: which } : conditionsOf(which);
  const progress = startProgress(context, 'Counting', { quiet: options.quiet ?? false });
  let total = 0;
  let active = 0;
  let refused = 0;
  for await (const { state } of progress.over(site.lookup.list(filter))) {
    if (action.changes(state, isNamed)) total += 1;
    if (state === 'active') active += 1;
    if (state === 'refused') refused += 1;
  }
  return { total, active, refused };
}

import { UsageError } from '../../base/errors.js';
import { isCleanUp } from '../../session/admin/filter.js';
import { conditionsOf } from '../../session/admin/filter-check.js';
import { gapsOf } from '../../store/gaps.js';
import { Census } from '../output/census.js';
import { askConsent } from '../output/consent.js';
import { showReading, startProgress } from '../output/progress.js';
import { withoutIsolates } from '../output/text.js';
import { capital, place } from '../output/words.js';
import { type IdsOrFilter, isIdList } from '../selection/select-sessions.js';
import type { ActionRun } from './session-action.js';

/**
 * Asks before the command ends or removes active sessions (spec 7), or refused ones whose cookies are still valid: another site,
 * with the right users, may let them in. `--refused` asks for them by name.
 * @returns how many sessions the action will change; undefined when they were not counted
 * @throws UsageError without a terminal to ask on; MoinSessionsError when the answer is no
 */
export async function confirmAction(run: ActionRun): Promise<number | undefined> {
  const { context, action, which, options, site, isPiped } = run;
  if (options.dryRun || options.yes || selectsInactive(which)) return totalForProgress(run);
  const census = await count(run);
  if (!census.needsConsent) return census.total;
  const what = `${action.verb} ${census.text()} in ${place(site.store.location)}`;
  if (isPiped)
    throw new UsageError(
      `this would ${withoutIsolates(what)}: add --yes, for stdin holds the ids and no answer; or look first with --dry-run --verbose`,
    );
  const otherwise = `this would ${what}: add --yes, or look first with --dry-run --verbose`;
  await askConsent(context, `${capital(what)}?`, otherwise);
  return census.total;
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

async function count({ context, action, site, which, options }: ActionRun): Promise<Census> {
  const isNamed = isIdList(which);
  const filter = isNamed ? { ids: which } : conditionsOf(which);
  const progress = startProgress(context, 'Counting', { quiet: options.quiet ?? false });
  const census = new Census();
  const gaps = gapsOf(site.store);
  showReading(site, progress, () => census.total);
  for await (const session of progress.over(site.lookup.list(filter))) {
    const isDenied = gaps?.has(session.id) ?? false;
    if (isDenied || action.changes(session, isNamed)) census.add(session, isDenied);
  }
  return census;
}

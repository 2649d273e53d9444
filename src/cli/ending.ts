import { MoinSessionsError, NotFoundError, PartialError, StoreError, UsageError } from '../errors.js';
import type { AdminOptions, ExpireReport, PurgeReport, SessionAdmin } from '../session/admin.js';
import type { SessionFilter } from '../session/filter.js';
import type { SessionLookup } from '../session/looking.js';
import { createAdmin } from '../session/store-admin.js';
import { type CliContext, isInteractive } from './context.js';
import { IdList } from './id-list.js';
import { reportInterruption } from './interruption.js';
import { rowsOptions } from './look.js';
import { noSession, resolveIds } from './named.js';
import { note } from './notes.js';
import { assertWritableNow, formatOf, isSilent, type WritingOptions } from './options.js';
import { counted } from './present/humane.js';
import { startProgress } from './present/progress.js';
import { reportView, type Words, writeReport } from './present/report.js';
import { chooseColumns } from './present/view.js';
import { type Site, withSite } from './site.js';

/** Which sessions `expire` or `purge` is told to deal with. */
export interface EndingOptions extends WritingOptions {
  user?: string;
  anonymous?: boolean;
  all?: boolean;
  expired?: boolean;
}

/** The one way in which `expire` and `purge` differ: `verb` as in "it would end 3 active sessions", `past` as in "Ended 3". */
export interface Ending extends Words {
  carryOut(admin: SessionAdmin, which: Which, options: AdminOptions): Promise<ExpireReport | PurgeReport>;
}

export type Which = readonly string[] | (SessionFilter & { all?: boolean });

/** Ends or removes the sessions that are meant, asks before that where needed, and reports. */
export async function runEnding(
  context: CliContext,
  ending: Ending,
  named: readonly string[],
  options: EndingOptions,
): Promise<void> {
  assertWritableNow(options);
  const filter = filterOf(named, options);
  const format = formatOf(options);
  chooseColumns(reportView(ending.counted), options.fields, false);
  await withSite(context, options, async (site) => {
    const { ids, missing } =
      filter === null ? await resolveIds(site.lookup, named) : { ids: [], missing: [] };
    const which = filter ?? ids;
    const total = await askFirst(context, ending, site, which, options);
    const progress = startProgress(context, ending.past, { ...quietly(options), ...total });
    const done = new IdList();
    let doneCount = 0;
    reportInterruption(context, () => {
      progress.end();
      return { past: ending.past, done: doneCount, ...total, dryRun: options.dryRun };
    });
    const report = await ending.carryOut(createAdmin(site), which, {
      dryRun: options.dryRun ?? false,
      signal: context.signal,
      onProgress: progress.at,
      onDone: (id) => {
        doneCount += 1;
        if (format === 'ids') done.add(id);
      },
      onFailure: (id, error) => void note(context, failureText(id, error)),
    });
    progress.end();
    if (options.user !== undefined && report.matched === 0) await assertUser(site, options.user);
    for (const id of missing) await note(context, noSession(id));
    const show = await rowsOptions(context, options, site.clock());
    if (!isSilent(options)) await writeReport(context.out, report, ending, { ...show, done });
    assertWhole(report, missing.length);
  });
}

/** Null when ids are named. @throws UsageError when nothing is, or things that exclude each other. */
function filterOf(
  named: readonly string[],
  { user, anonymous, all, expired }: EndingOptions,
): (SessionFilter & { all?: boolean }) | null {
  const narrow = [user !== undefined && '--user', anonymous && '--anonymous'].filter(Boolean);
  const given = [
    named.length > 0 && 'ids',
    all && '--all',
    narrow[0],
    narrow[1],
    expired && '--expired',
  ].filter(Boolean);
  if (given.length === 0)
    throw new UsageError('nothing is named: give ids, --user, --anonymous, --all, or for purge --expired');
  const isCombinable = given.length === 1 || (given.length === 2 && narrow.length === 1 && expired);
  if (!isCombinable) throw new UsageError(`${given.join(' and ')} exclude each other: give one of them`);
  if (named.length > 0) return null;
  return {
    ...(all && { all }),
    ...(user !== undefined && { user }),
    ...(anonymous && { kind: 'anonymous' }),
    ...(expired && { state: 'expired' }),
  };
}

/** Asks before sessions that are still good are ended. Gives how many will be looked at, where that is known. */
async function askFirst(
  context: CliContext,
  { verb }: Ending,
  { lookup }: Site,
  which: Which,
  { dryRun, yes, expired, quiet }: EndingOptions,
): Promise<{ total?: number }> {
  if (dryRun || yes || expired) return {};
  const progress = startProgress(context, 'Counting', quietly({ quiet }));
  const { total, active } = await count(lookup, which, progress.over);
  if (active === 0) return { total };
  const what = `${verb} ${counted(active, 'active session')}`;
  if (!isInteractive(context))
    throw new UsageError(`this would ${what}: add --yes, or look first with --dry-run`);
  if (await context.confirm(`Really ${what}?`)) return { total };
  throw new MoinSessionsError('nothing was done, since you did not say yes');
}

async function count(
  lookup: SessionLookup,
  which: Which,
  over: <T>(rows: AsyncIterable<T>) => AsyncIterable<T>,
): Promise<{ total: number; active: number }> {
  const filter = Array.isArray(which)
    ? { ids: which }
    : withoutAll(which as SessionFilter & { all?: boolean });
  let total = 0;
  let active = 0;
  for await (const { state } of over(lookup.list(filter))) {
    total += 1;
    if (state === 'active' || state === 'grace') active += 1;
  }
  return { total, active };
}

function withoutAll({ all: _all, ...filter }: SessionFilter & { all?: boolean }): SessionFilter {
  return filter;
}

/** @throws NotFoundError when the directory does not know the user either. */
async function assertUser({ users }: Site, user: string): Promise<void> {
  const known = (await users?.findByName(user)) ?? (await users?.findById(user));
  if (!known)
    throw new NotFoundError(
      `there is no session of a user '${user}', and no such user: see 'moin-sessions list'`,
    );
}

function failureText(id: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes(id) ? message : `session ${id}: ${message}`;
}

/** @throws PartialError when something failed and something else did not, StoreError when all did. */
function assertWhole(report: ExpireReport | PurgeReport, missing: number): void {
  const { matched, failed } = report;
  if (failed > 0 && failed === matched && missing === 0)
    throw new StoreError(`${counted(failed, 'session')} failed, as said above`);
  if (failed + missing > 0)
    throw new PartialError(
      `${failed + missing} of ${matched + missing} failed or were not found, as said above`,
    );
}

function quietly({ quiet = false }: { quiet?: boolean | undefined }): { quiet: boolean } {
  return { quiet };
}

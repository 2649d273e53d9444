import { UsageError } from '../../base/errors.js';
import type { CliContext } from '../context.js';
import { assertPresent } from '../input/flags.js';
import { RowOutput } from '../output/row-output.js';
import { sessionView } from '../output/sessions.js';
import { columnNamed } from '../output/view.js';
import { DEFAULT_SORT, type ListOptions, readSessions } from '../selection/list-options.js';
import { assertUsersFound, siteFilter } from '../selection/site-filter.js';
import { type OpenSite, withSite } from '../site/site.js';
import { whileThere } from '../site/still-there.js';
import { watchAsJournal } from './journal-output.js';
import { repeatEvery } from './repeat.js';
import { drawsInPlace } from './screen.js';
import { watchOnScreen } from './screen-output.js';

/** `list --watch`: shows what comes, goes and changes, until Ctrl-C. @throws UsageError before anything is opened */
export async function watchList(
  context: CliContext,
  options: ListOptions & { watch: number },
): Promise<void> {
  assertPresent(options);
  assertWatchable(options);
  const isJournal = !drawsInPlace(context) || options.format === 'ndjson';
  const format = options.format ?? (context.out.isTTY ? 'table' : 'ndjson');
  const output = new RowOutput(context, { ...options, format }, sessionView);
  if (output.isSilent)
    throw new UsageError('--watch has nothing to show with --quiet: leave one of them out');
  const { sort, reverse = false, limit } = options;
  const order = { sortBy: columnNamed(sessionView, sort), reverse, limit };
  if (isJournal) assertUnordered(options);
  const work = async (site: OpenSite) => {
    const filter = await siteFilter(context, options, site);
    assertUsersFound(filter);
    const columns = [...output.columns, order.sortBy];
    const read = () => whileThere(site.store, readSessions(site, filter.current(), columns));
    const { watch: every } = options;
    const watching = { context, options, output, order, read, every, repeat: repeatEvery(context, every) };
    await (isJournal ? watchAsJournal(watching) : watchOnScreen(watching));
  };
  // A look every two seconds must not read the whole store for one user.
  await withSite(context, options, work, { trustsLists: true });
}

/** @throws UsageError for a format in which one document or number would follow the other */
function assertWatchable({ format, json }: ListOptions): void {
  const named = json ? 'json' : (format ?? 'table');
  if (named !== 'table' && named !== 'ndjson')
    throw new UsageError(`--watch shows a table or events: --format ndjson in place of ${named}`);
}

/** @throws UsageError for what counts in a table alone, because events come as they happen */
function assertUnordered({ limit, sort, reverse }: ListOptions): void {
  const given = limit !== undefined ? '--limit' : sort !== DEFAULT_SORT ? '--sort' : reverse && '--reverse';
  if (typeof given === 'string')
    throw new UsageError(
      `${given} is for a table on a terminal: events are of all sessions that match, as they come, so leave it out`,
    );
}

import type { Command } from 'commander';
import { batchesOf } from '../../base/batches.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import type { CliContext } from '../context.js';
import { addExamples } from '../help/texts.js';
import { watchOption } from '../input/flags.js';
import { parseCount } from '../input/parse.js';
import { note } from '../output/note.js';
import { addTableOptions } from '../output/output-options.js';
import { showReading, startProgress } from '../output/progress.js';
import { RowOutput } from '../output/row-output.js';
import { BETWEEN } from '../output/row-text.js';
import { type ListedSession, sessionView } from '../output/sessions.js';
import { columnNamed } from '../output/view.js';
import { addFilterOptions, assertFilters, namesUsers } from '../selection/filters.js';
import { DEFAULT_SORT, type ListOptions, readSessions } from '../selection/list-options.js';
import { assertUsersFound, siteFilter } from '../selection/site-filter.js';
import { type OpenSite, withSite } from '../site/site.js';
import { type Order, sortedTexts } from '../sort/order.js';

const EXAMPLES = `
moin-sessions list --logged-in --active        # who is logged in
moin-sessions list --user alice --user bob     # the sessions of two users
moin-sessions list --refused                   # the user is disabled or gone
moin-sessions list --expires-within 2h --json  # for programs
moin-sessions list --anonymous --idle 7d --format ids
moin-sessions list --where 'cart.total > 100' --fields id,data.cart.total
`;

export function defineList(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addTableOptions(addFilterOptions(command))
    .option(
      '--sort <field>',
      'past times latest first, keys and bytes most first, everything else ascending',
      DEFAULT_SORT,
    )
    .option('--reverse', 'reverse the order')
    .option('--limit <count>', 'show only this many, the first ones', parseCount)
    .addOption(watchOption('mark what comes, goes and changes, until Ctrl-C; looks every 2s, or as given'))
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: ListOptions): Promise<void> {
  assertFilters(options);
  const { watch } = options;
  if (watch !== undefined)
    return (await import('../watch/watch.js')).watchList(context, { ...options, watch });
  const { sort, reverse = false, limit } = options;
  const order = { sortBy: columnNamed(sessionView, sort), reverse, limit };
  const output = new RowOutput(context, options, sessionView);
  const work = async (site: OpenSite) => {
    const filter = await siteFilter(context, options, site);
    const progress = startProgress(context, 'reading', options);
    showReading(site, progress);
    const sessions = progress.over(readSessions(site, filter.current(), [...output.columns, order.sortBy]));
    await write({ context, output, site }, sessions, order);
    assertUsersFound(filter);
  };
  await withSite(context, options, work, { sight: { needsAll: false, isByUser: namesUsers(options) } });
}

interface Listing {
  context: CliContext;
  output: RowOutput<ListedSession>;
  site: OpenSite;
}

async function write(listing: Listing, sessions: AsyncIterable<ListedSession>, order: Order): Promise<void> {
  const { output } = listing;
  if (output.isSilent) return;
  if (output.format === 'count') return output.write(`${await countOf(sessions, order.limit)}\n`);
  // Sort the texts of the output, not the sessions: each session becomes text only once.
  const toText = output.toText();
  if (output.format !== 'table') return output.writeList(await sortedTexts(sessions, order, toText));
  await writeTable(listing, sessions, order, toText);
}

async function writeTable(
  { context, output, site }: Listing,
  sessions: AsyncIterable<ListedSession>,
  order: Order,
  toText: (session: ListedSession) => string,
): Promise<void> {
  let matched = 0;
  let shown = 0;
  const states = new Set<string>();
  // For people only: a program or a pager reads a table of rows alone.
  const hasFooter = context.out.isTTY;
  const stateAt = hasFooter ? output.columns.findIndex(({ name }) => name === 'state') : -1;
  const texts = await sortedTexts(sessions, order, (session) => {
    matched += 1;
    return toText(session);
  });
  await output.writeList(
    noting(texts, (text) => {
      shown += 1;
      if (stateAt !== -1) states.add(text.split(BETWEEN)[stateAt] ?? '');
    }),
  );
  // An empty table alone looks like a mistake.
  if (shown === 0) return note(context, 'no session matches');
  if (!hasFooter) return;
  const { footerText } = await import('../output/footer.js');
  const isSeen = output.columns.some(({ name }) => name === 'seen');
  const within = isSeen ? (await import('../selection/idle-note.js')).seenWithin(site) : null;
  const look = { width: context.columns, style: await output.style() };
  const layout = isMoinStore(site.store) ? site.store.layout : null;
  await output.write(await footerText({ shown, matched, states, seenWithin: within, layout }, look));
}

/** The same texts. Calls `onText` for each. */
function* noting(texts: Iterable<string>, onText: (text: string) => void): Generator<string> {
  for (const text of texts) {
    onText(text);
    yield text;
  }
}

async function countOf(sessions: AsyncIterable<unknown>, limit = Number.POSITIVE_INFINITY): Promise<number> {
  let count = 0;
  for await (const batch of batchesOf(sessions)) {
    count += batch.length;
    if (count >= limit) return limit;
  }
  return count;
}

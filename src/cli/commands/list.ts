import type { Command } from 'commander';
import { PartialError } from '../../base/errors.js';
import type { SessionInfo } from '../../session/admin/info.js';
import type { CliContext } from '../context.js';
import { formatOf, isSilent, type SharedOptions } from '../input/flags.js';
import { parseCount } from '../input/parse.js';
import { counted } from '../output/humanize.js';
import { linesFor } from '../output/lines.js';
import { note } from '../output/note.js';
import { rowsOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { writeCount, writeLines, writeTable } from '../output/rows.js';
import { sessionView } from '../output/sessions.js';
import { chooseColumns, columnNamed } from '../output/view.js';
import { addFilterOptions, assertFilters, type FilterOptions, filterOf } from '../selection/filters.js';
import { noSuchUser } from '../selection/user-names.js';
import { withSite } from '../site/site.js';
import { type Order, pack, sortedTexts, unpack } from '../sort/order.js';

interface ListOptions extends SharedOptions, FilterOptions {
  sort: string;
  reverse?: boolean;
  limit?: number;
}

const EXAMPLES = `Examples:
  moin-sessions list --logged-in --active           who is logged in
  moin-sessions list --user alice --user bob        the sessions of two users
  moin-sessions list --refused                      whose user was disabled, or is gone
  moin-sessions list --expires-within 2h --json     for programs
  moin-sessions list --anonymous --idle 7d --format ids
`;

export function defineList(command: Command, context: CliContext): void {
  addFilterOptions(command)
    .addHelpText('before', EXAMPLES)
    .option(
      '--sort <field>',
      'past times latest first, keys and bytes most first, everything else ascending',
      'seen',
    )
    .option('--reverse', 'turn the order round')
    .option('--limit <count>', 'the first so many', parseCount)
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: ListOptions): Promise<void> {
  assertFilters(options);
  const { limit, reverse = false } = options;
  const order = { sortBy: columnNamed(sessionView, options.sort), reverse, limit };
  chooseColumns(sessionView, options.fields, formatOf(options) === 'table');
  await withSite(context, options, async (site) => {
    const { filter, missing } = await filterOf(options, site);
    for (const user of missing) await note(context, noSuchUser(user));
    const found = startProgress(context, 'reading', options).over(site.lookup.list(filter));
    if (!isSilent(options)) await write(context, found, order, options, site.clock());
    if (missing.length > 0)
      throw new PartialError(`${counted(missing.length, 'user')} not found, as said above`);
  });
}

async function write(
  context: CliContext,
  found: AsyncIterable<SessionInfo>,
  order: Order,
  options: ListOptions,
  now: number,
): Promise<void> {
  const { out } = context;
  const format = formatOf(options);
  if (format === 'count') return writeCount(out, upTo(found, order.limit));
  if (format === 'table') {
    const show = await rowsOptions(context, options, now);
    const texts = await sortedTexts(found, order, pack);
    return writeTable(out, sessionView, orNote(unpacked(texts), context), show);
  }
  // Sorted as the very lines that are written: each session is turned into text only once.
  const { line, frame } = linesFor(sessionView, format, options);
  await writeLines(out, await sortedTexts(found, order, line), frame);
}

function* unpacked(texts: Iterable<string>): Generator<SessionInfo> {
  for (const text of texts) yield unpack(text);
}

/** An empty table says nothing, so that somebody looks for a mistake. */
async function* orNote<T>(rows: Iterable<T>, context: CliContext): AsyncGenerator<T> {
  let isEmpty = true;
  for (const row of rows) {
    isEmpty = false;
    yield row;
  }
  if (isEmpty) await note(context, 'no session matches');
}

async function* upTo<T>(rows: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY): AsyncGenerator<T> {
  let count = 0;
  for await (const row of rows) {
    yield row;
    count += 1;
    if (count >= limit) return;
  }
}

import type { Command } from 'commander';
import { batchesOf } from '../../base/batches.js';
import { PartialError } from '../../base/errors.js';
import type { SessionInfo } from '../../session/admin/info.js';
import type { CliContext } from '../context.js';
import { addExamples } from '../help/texts.js';
import type { SiteOptions } from '../input/flags.js';
import { parseCount } from '../input/parse.js';
import { counted } from '../output/humanize.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { RowOutput } from '../output/row-output.js';
import { sessionView } from '../output/sessions.js';
import { columnNamed } from '../output/view.js';
import { addFilterOptions, assertFilters, type FilterOptions, filterOf } from '../selection/filters.js';
import { noSuchUser } from '../selection/user-names.js';
import { withSite } from '../site/site.js';
import { type Order, sortedTexts } from '../sort/order.js';

interface ListOptions extends SiteOptions, OutputOptions, FilterOptions {
  sort: string;
  reverse?: boolean;
  limit?: number;
}

const EXAMPLES = `
moin-sessions list --logged-in --active        # who is logged in
moin-sessions list --user alice --user bob     # the sessions of two users
moin-sessions list --refused                   # the user is disabled or gone
moin-sessions list --expires-within 2h --json  # for programs
moin-sessions list --anonymous --idle 7d --format ids
`;

export function defineList(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addFilterOptions(command)
    .option(
      '--sort <field>',
      'past times latest first, keys and bytes most first, everything else ascending',
      'seen',
    )
    .option('--reverse', 'reverse the order')
    .option('--limit <count>', 'show only this many, the first ones', parseCount)
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: ListOptions): Promise<void> {
  assertFilters(options);
  const { sort, reverse = false, limit } = options;
  const order = { sortBy: columnNamed(sessionView, sort), reverse, limit };
  const output = new RowOutput(context, options, sessionView);
  await withSite(context, options, async (site) => {
    const { filter, missing } = await filterOf(options, site);
    for (const user of missing) await note(context, noSuchUser(user));
    const sessions = startProgress(context, 'reading', options).over(site.lookup.list(filter));
    await write(context, output, sessions, order);
    if (missing.length > 0)
      throw new PartialError(`${counted(missing.length, 'user')} not found, as said above`);
  });
}

async function write(
  context: CliContext,
  output: RowOutput<SessionInfo>,
  sessions: AsyncIterable<SessionInfo>,
  order: Order,
): Promise<void> {
  if (output.isSilent) return;
  if (output.format === 'count') return output.write(`${await countOf(sessions, order.limit)}\n`);
  // Sort the texts of the output, not the sessions: each session becomes text only once.
  const texts = await sortedTexts(sessions, order, output.toText());
  if (output.format !== 'table') return output.writeList(texts);
  let isEmpty = true;
  await output.writeList(
    noting(texts, () => {
      isEmpty = false;
    }),
  );
  // An empty table alone looks like a mistake.
  if (isEmpty) await note(context, 'no session matches');
}

/** The same texts. Calls `onText` for each. */
function* noting(texts: Iterable<string>, onText: () => void): Generator<string> {
  for (const text of texts) {
    onText();
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

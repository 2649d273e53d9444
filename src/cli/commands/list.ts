import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import type { SessionFilter } from '../../session/filter.js';
import type { SessionInfo } from '../../session/info.js';
import type { CliContext } from '../context.js';
import { rowsOptions } from '../look.js';
import { note } from '../notes.js';
import { formatOf, isSilent, type SharedOptions } from '../options.js';
import { parseCount, parseDuration } from '../parse.js';
import { linesFor } from '../present/lines.js';
import { startProgress } from '../present/progress.js';
import { writeCount, writeLines, writeTable } from '../present/rows.js';
import { sessionView } from '../present/sessions.js';
import { chooseColumns, columnNamed } from '../present/view.js';
import { withSite } from '../site.js';
import { inOrder, pack, unpack } from '../sorting.js';

interface ListOptions extends SharedOptions {
  user?: string;
  anonymous?: boolean;
  loggedIn?: boolean;
  active?: boolean;
  expired?: boolean;
  expiresWithin?: number;
  idle?: number;
  hasKey?: string;
  sort: string;
  reverse?: boolean;
  limit?: number;
}

const EXAMPLES = `Examples:
  moin-sessions list --logged-in --active           who is logged in
  moin-sessions list --user alice                   the sessions of one user
  moin-sessions list --expires-within 2h --json     for programs
  moin-sessions list --anonymous --idle 7d --format ids
`;

export function defineList(command: Command, context: CliContext): void {
  command
    .addHelpText('before', EXAMPLES)
    .option('--user <name-or-id>', 'of one user')
    .option('--anonymous', 'of visitors who are not logged in')
    .option('--logged-in', 'of users')
    .option('--active', 'whose cookie is still good')
    .option('--expired', 'that wait for the purge')
    .option('--expires-within <duration>', 'that expire within 2h, 7d, …', parseDuration)
    .option('--idle <duration>', 'not seen for 2h, 7d, …', parseDuration)
    .option('--has-key <key>', 'that hold a value under this key')
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
  const filter = filterOf(options);
  const { limit, reverse = false } = options;
  const order = { sortBy: columnNamed(sessionView, options.sort), reverse, limit };
  const format = formatOf(options);
  chooseColumns(sessionView, options.fields, format === 'table');
  await withSite(context, options, async ({ lookup, clock }) => {
    if (isSilent(options)) return;
    const { out } = context;
    const show = await rowsOptions(context, options, clock());
    const found = startProgress(context, 'reading', options).over(lookup.list(filter));
    if (format === 'count') return writeCount(out, upTo(found, limit));
    if (format === 'table') {
      const texts = await inOrder(found, order, pack);
      return writeTable(out, sessionView, orNote(unpacked(texts), context), show);
    }
    // Sorted as the very lines that are written: each session is turned into text only once.
    const { line, frame } = linesFor(sessionView, format, options);
    await writeLines(out, await inOrder(found, order, line), frame);
  });
}

function filterOf(options: ListOptions): SessionFilter {
  const { user, anonymous, loggedIn, active, expired, expiresWithin, idle, hasKey } = options;
  if (anonymous && loggedIn) throw contradiction('--anonymous', '--logged-in');
  if (active && expired) throw contradiction('--active', '--expired');
  return {
    ...(user !== undefined && { user }),
    ...(anonymous && { kind: 'anonymous' }),
    ...(loggedIn && { kind: 'user' }),
    ...(active && { state: 'active' }),
    ...(expired && { state: 'expired' }),
    ...(expiresWithin !== undefined && { expiresWithin }),
    ...(idle !== undefined && { idle }),
    ...(hasKey !== undefined && { hasKey }),
  };
}

function contradiction(one: string, other: string): UsageError {
  return new UsageError(`${one} and ${other} exclude each other: give one of them`);
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

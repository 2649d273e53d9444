import type { Command } from 'commander';
import { batchesOf } from '../../base/batches.js';
import { PartialError, UsageError } from '../../base/errors.js';
import type { SessionInfo } from '../../session/admin/info.js';
import { type Statistics, StatisticsCounter } from '../../session/admin/statistics/statistics.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import type { SiteOptions } from '../input/flags.js';
import { parseCount } from '../input/parse.js';
import { counted } from '../output/humanize.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { RowOutput } from '../output/row-output.js';
import { statisticsTexts, statisticsView } from '../output/statistics.js';
import { addFilterOptions, assertFilters, type FilterOptions, filterOf } from '../selection/filters.js';
import { noSuchUser } from '../selection/user-names.js';
import { withSite } from '../site/site.js';

interface StatsOptions extends SiteOptions, OutputOptions, FilterOptions {
  top: number;
}

const EXAMPLES = `
moin-sessions stats                       # how many, whose, how old
moin-sessions stats --json                # for programs
moin-sessions stats --active --logged-in  # of those who are logged in
moin-sessions stats --fields users --top 20
`;

const NOTES = `
EXPIRY is the time until the cookie expires, AGE the time since the session was
created. In JSON the times of 'expiry' and 'age' are seconds.`;

export function defineStats(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addFilterOptions(command)
    .option('--top <count>', 'how many users with the most sessions to show', parseCount, 5)
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: StatsOptions): Promise<void> {
  assertFilters(options);
  const output = new RowOutput(context, options, statisticsView);
  if (output.format === 'ids')
    throw new UsageError("stats has no format ids: 'moin-sessions list --format ids' takes the same filters");
  await withSite(context, options, async (site) => {
    const { filter, missing, notes } = await filterOf(options, site);
    for (const sentence of [...missing.map(noSuchUser), ...notes]) await note(context, sentence);
    if (!output.isSilent) {
      const sessions = startProgress(context, 'reading', options).over(site.lookup.list(filter));
      await write(context, output, await count(sessions, site.clock(), options.top));
    }
    if (missing.length > 0)
      throw new PartialError(`${counted(missing.length, 'user')} not found, as said above`);
  });
}

async function count(sessions: AsyncIterable<SessionInfo>, at: number, top: number): Promise<Statistics> {
  const counter = new StatisticsCounter(at);
  for await (const batch of batchesOf(sessions)) for (const session of batch) counter.add(session);
  return counter.result(top);
}

async function write(
  context: CliContext,
  output: RowOutput<Statistics>,
  statistics: Statistics,
): Promise<void> {
  if (output.format === 'count') return output.write(`${statistics.sessions}\n`);
  if (output.format !== 'table') return output.writeSingle(statistics);
  const width = context.out.isTTY ? context.columns : Number.POSITIVE_INFINITY;
  await output.writeTexts(statisticsTexts(statistics, output, width));
}

import { type Command, Option } from 'commander';
import { DIMENSIONS } from '../../session/admin/statistics/groups.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import { gatherDimensions } from '../input/dimensions.js';
import { watchOption } from '../input/flags.js';
import { parseCount } from '../input/parse.js';
import { addFilterOptions, assertFilters, namesUsers } from '../selection/filters.js';
import { assertUsersFound, siteFilter } from '../selection/site-filter.js';
import { type OpenSite, withSite } from '../site/site.js';
import { assertStatsFlags, deliver, isIdle, type StatsOptions } from './stats-delivery.js';

const EXAMPLES = `
moin-sessions stats                            # how many, whose, how old
moin-sessions stats --by day                   # created on each day
moin-sessions stats --by state,method --json
moin-sessions stats --active --watch=5s        # count again every 5 seconds
moin-sessions stats --svg report.svg           # a picture for a report
moin-sessions stats --format openmetrics --output moin.prom
`;

const NOTES = `
EXPIRY is the time until the cookie expires, AGE the time since the session was
created, and 'idle' (--fields idle) the time since it was seen. In JSON the times
are seconds. Each plot has a scale of its own. It is drawn with # unless LC_ALL,
LC_CTYPE or LANG names UTF-8, and on TERM=dumb and TERM=linux.`;

export function defineStats(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addFilterOptions(command)
    .addOption(
      new Option('--by <fields>', 'count by one or two of these; the day is that of creation, UTC')
        .choices(DIMENSIONS)
        .argParser(gatherDimensions),
    )
    .option('--top <count>', 'how many users or groups to show (default: 3 users, 15 groups)', parseCount)
    .addOption(watchOption('count again and again, every 2s or as given, until Ctrl-C'))
    .option('--output <file>', 'write the result to this file, replacing it as a whole')
    .option('--svg <file>', 'draw the result to this file as well')
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: StatsOptions): Promise<void> {
  assertFilters(options);
  assertStatsFlags(context, options);
  const work = async (site: OpenSite) => {
    const filter = await siteFilter(context, options, site);
    if (!isIdle(options)) await deliver(context, options, site, filter);
    assertUsersFound(filter);
  };
  // A look every two seconds must not read the whole store for one user.
  await withSite(context, options, work, {
    trustsLists: options.watch !== undefined,
    sight: { needsAll: false, isByUser: namesUsers(options) },
  });
}

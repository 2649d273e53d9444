import { batchesOf } from '../../base/batches.js';
import { UsageError } from '../../base/errors.js';
import type { SessionFilter } from '../../session/admin/filter.js';
import { type Dimension, GroupCounts } from '../../session/admin/statistics/groups.js';
import { StatisticsCounter } from '../../session/admin/statistics/statistics.js';
import type { CliContext, OutputStream } from '../context.js';
import { assertPresent, type SiteOptions } from '../input/flags.js';
import { counted, exactDuration } from '../output/humanize.js';
import { formatOf, type OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { writeResultFile } from '../output/result-file.js';
import { type Counted, hasRows, statisticsWriter } from '../output/statistics-output.js';
import { statisticsSvg } from '../output/statistics-svg.js';
import { type FilterOptions, givenFilters } from '../selection/filters.js';
import type { SiteFilter } from '../selection/site-filter.js';
import type { OpenSite } from '../site/site.js';
import { whileThere } from '../site/still-there.js';
import { repeatEvery } from '../watch/repeat.js';
import { drawsInPlace, watchInPlace } from '../watch/screen.js';

export interface StatsOptions extends SiteOptions, OutputOptions, FilterOptions {
  top?: number;
  by?: Dimension[];
  /** In ms. */
  watch?: number;
  output?: string;
  svg?: string;
}

/** Without `--top`. With the other sections, three users fit a screen of 80 x 24. */
const TOP_USERS = 3;
const TOP_GROUPS = 15;

/** @throws UsageError when flags contradict each other */
export function assertStatsFlags(context: CliContext, options: StatsOptions): void {
  statisticsWriter(context, context.out, options);
  if (options.watch === undefined) return;
  assertPresent(options);
  if (options.output !== undefined) return;
  const format = formatOf(options);
  if (hasRows(options) || !['table', 'ndjson', 'count'].includes(format))
    throw new UsageError(
      `--watch would write one document after the other: give --output FILE, or ${hasRows(options) ? 'leave out --by' : '--format ndjson'}`,
    );
}

/** Whether nothing is to be written, by `--quiet`. */
export function isIdle({ quiet, output, svg, ...options }: StatsOptions): boolean {
  return quiet === true && formatOf(options) === 'table' && output === undefined && svg === undefined;
}

/** Counts the sessions, and writes the result to where the flags say; with `--watch`, again and again. */
export async function deliver(
  context: CliContext,
  options: StatsOptions,
  site: OpenSite,
  filter: SiteFilter,
): Promise<void> {
  const { watch: every, output } = options;
  const look = async () => {
    const result = await count(context, options, site, filter.current());
    draw(context, options, result);
    return result;
  };
  const show = async (result: Counted) => {
    if (output === undefined) return write(context, context.out, options, result);
    writeResultFile(context.cwd, output, await textOf(context, false, options, result));
  };
  if (every === undefined) return show(await look());
  if (output === undefined && drawsInPlace(context)) return watchOnScreen(context, options, every, look);
  // An empty line parts a table from the next one.
  const end = output === undefined && formatOf(options) === 'table' ? '\n' : '';
  await repeatEvery(
    context,
    every,
  )(async () => {
    await show(await look());
    if (end !== '') await context.out.write(end);
  });
}

async function watchOnScreen(
  context: CliContext,
  options: StatsOptions,
  every: number,
  look: () => Promise<Counted>,
): Promise<void> {
  const footer = `every ${exactDuration(every)}, Ctrl-C ends`;
  await watchInPlace(context, repeatEvery(context, every), look, async (result) =>
    fitted(await textOf(context, true, options, result), footer, context.rows),
  );
}

/** What the screen has room for, and the footer in its last line. */
function fitted(text: string, footer: string, rows: number): string[] {
  const lines = text.trimEnd().split('\n');
  const room = rows - 1;
  const hidden = lines.length - room;
  return [...lines.slice(0, room), hidden > 0 ? `${footer}; ${counted(hidden, 'more line')}` : footer];
}

/** Draws the file of `--svg`. */
function draw({ cwd }: CliContext, options: StatsOptions, { statistics }: Counted): void {
  const { svg } = options;
  if (svg !== undefined) writeResultFile(cwd, svg, statisticsSvg(statistics, givenFilters(options)));
}

async function write(
  context: CliContext,
  out: OutputStream,
  options: StatsOptions,
  result: Counted,
): Promise<void> {
  const { output, quiet = false } = options;
  // What goes to a file is not what `--quiet` means.
  const isQuiet = quiet && output === undefined;
  await statisticsWriter(context, out, { ...options, quiet: isQuiet }).write(result);
}

/** The text that is written. @param isTTY whether it is for a terminal */
async function textOf(
  context: CliContext,
  isTTY: boolean,
  options: StatsOptions,
  result: Counted,
): Promise<string> {
  let gathered = '';
  const gather = async (text: string) => {
    gathered += text;
  };
  await write(context, { isTTY, write: gather }, options, result);
  return gathered;
}

async function count(
  context: CliContext,
  { quiet, watch: every, top, by = [], ...options }: StatsOptions,
  { lookup, clock, store }: OpenSite,
  filter: SessionFilter,
): Promise<Counted> {
  const at = clock();
  const counter = new StatisticsCounter(at, { by });
  const pairs = new GroupCounts(['state', 'kind']);
  const isCountedTwice = formatOf(options) === 'openmetrics';
  const progress = startProgress(context, 'reading', { quiet: quiet === true || every !== undefined });
  for await (const batch of batchesOf(progress.over(whileThere(store, lookup.list(filter)))))
    for (const session of batch) {
      counter.add(session);
      if (isCountedTwice) pairs.add(session);
    }
  const most = top ?? (hasRows({ ...options, by }) ? Number.POSITIVE_INFINITY : TOP_GROUPS);
  return {
    statistics: counter.result(top ?? TOP_USERS, most),
    pairs: pairs.result(Number.POSITIVE_INFINITY, at),
  };
}

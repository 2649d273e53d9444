import { batchesOf } from '../../base/batches.js';
import { UsageError } from '../../base/errors.js';
import type { SessionFilter } from '../../session/admin/filter.js';
import { type Dimension, GroupCounts } from '../../session/admin/statistics/groups.js';
import { StatisticsCounter } from '../../session/admin/statistics/statistics.js';
import type { CliContext, OutputStream } from '../context.js';
import type { SiteOptions } from '../input/flags.js';
import { formatOf, type OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { writeResultFile } from '../output/result-file.js';
import { type Counted, hasRows, statisticsWriter } from '../output/statistics-output.js';
import { statisticsSvg } from '../output/statistics-svg.js';
import { repeat, watch } from '../output/watch.js';
import { type FilterOptions, givenFilters } from '../selection/filters.js';
import type { OpenSite } from '../site/site.js';

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
  if (options.at !== undefined)
    throw new UsageError('--at and --watch exclude each other: the moment of --at stands still');
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
  filter: SessionFilter,
): Promise<void> {
  const { watch: every, output } = options;
  const writeTo = async (out: OutputStream) =>
    write(context, out, options, await count(context, options, site, filter));
  if (output !== undefined) {
    const replaceFile = async () => writeResultFile(context.cwd, output, await textOf(false, writeTo));
    if (every === undefined) await replaceFile();
    else await repeat(context, every, replaceFile);
  } else if (every === undefined) {
    await writeTo(context.out);
  } else {
    const end = formatOf(options) === 'table' ? '\n' : '';
    await watch(context, every, async () => (await textOf(context.out.isTTY, writeTo)) + end);
  }
}

async function write(
  context: CliContext,
  out: OutputStream,
  options: StatsOptions,
  result: Counted,
): Promise<void> {
  const { output, svg, quiet = false } = options;
  if (svg !== undefined)
    writeResultFile(context.cwd, svg, statisticsSvg(result.statistics, givenFilters(options)));
  // What goes to a file is not what `--quiet` means.
  const isQuiet = quiet && output === undefined;
  await statisticsWriter(context, out, { ...options, quiet: isQuiet }).write(result);
}

/** The text that is written. @param isTTY whether it is for a terminal */
async function textOf(isTTY: boolean, writeTo: (out: OutputStream) => Promise<void>): Promise<string> {
  let gathered = '';
  await writeTo({
    isTTY,
    write: async (text) => {
      gathered += text;
    },
  });
  return gathered;
}

async function count(
  context: CliContext,
  { quiet, watch: every, top, by = [], ...options }: StatsOptions,
  { lookup, clock }: OpenSite,
  filter: SessionFilter,
): Promise<Counted> {
  const at = clock();
  const counter = new StatisticsCounter(at, { by });
  const pairs = new GroupCounts(['state', 'kind']);
  const isCountedTwice = formatOf(options) === 'openmetrics';
  const progress = startProgress(context, 'reading', { quiet: quiet === true || every !== undefined });
  for await (const batch of batchesOf(progress.over(lookup.list(filter))))
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

import { UsageError } from '../../base/errors.js';
import type { Dimension, Group, GroupStatistics } from '../../session/admin/statistics/groups.js';
import type { Statistics } from '../../session/admin/statistics/statistics.js';
import type { CliContext, OutputStream } from '../context.js';
import type { SiteOptions } from '../input/flags.js';
import { drawsUnicode } from './charset.js';
import { isLineFormat } from './formats.js';
import { counted } from './humanize.js';
import { note } from './note.js';
import { openMetricsText } from './openmetrics.js';
import { formatOf, type OutputOptions } from './output-options.js';
import { RowOutput } from './row-output.js';
import { statisticsTexts, statisticsView } from './statistics.js';
import { groupView } from './statistics-groups.js';
import { statisticsMetrics } from './statistics-metrics.js';

/** What `stats` writes. */
export interface Counted {
  statistics: Statistics;
  /** The sessions by state and kind. */
  pairs: GroupStatistics;
}

type StatisticsWriter = (counted: Counted) => Promise<void>;

/**
 * Returns what writes statistics to a stream, in the format that the flags name. With `--by`, the formats that have a line
 * for each row have one for each group.
 * @throws UsageError when flags contradict each other
 */
export function statisticsWriter(
  context: CliContext,
  out: OutputStream,
  options: OutputOptions & SiteOptions & { by?: readonly Dimension[] },
): { write: StatisticsWriter } {
  const { by = [] } = options;
  const own = { ...context, out };
  if (hasRows(options)) {
    const output = new RowOutput<Group>(own, options, groupView(by));
    return { write: ({ statistics }) => writeGroups(context, output, statistics, options.quiet === true) };
  }
  const view = statisticsView({ hasGroups: by.length > 0 });
  const output = new RowOutput(own, options, view, { hasMetrics: true });
  assertStatistics(output, by);
  return { write: (result) => writeStatistics(context, out, output, result) };
}

/** Whether the output is a list of groups, not one result. */
export function hasRows(options: OutputOptions & { by?: readonly Dimension[] }): boolean {
  const format = formatOf(options);
  return options.by !== undefined && isLineFormat(format) && format !== 'json' && format !== 'ids';
}

function assertStatistics(
  { format, hasFields, columns }: RowOutput<Statistics>,
  by: readonly Dimension[],
): void {
  if (format === 'ids')
    throw new UsageError("stats has no format ids: 'moin-sessions list --format ids' takes the same filters");
  if (format === 'openmetrics' && hasFields)
    throw new UsageError('--fields does not choose metrics: leave it out');
  if (hasFields && by.length === 0 && columns.some(({ name }) => name === 'groups'))
    throw new UsageError('there are no groups without --by: add --by user, kind, state, method or day');
}

async function writeGroups(
  context: CliContext,
  output: RowOutput<Group>,
  { groups }: Statistics,
  isQuiet: boolean,
): Promise<void> {
  await output.writeRows(groups?.rows ?? []);
  const sessions = groups?.others.sessions ?? 0;
  if (sessions > 0 && !isQuiet)
    await note(context, `${counted(sessions, 'session')} of other groups not shown`);
}

async function writeStatistics(
  context: CliContext,
  out: OutputStream,
  output: RowOutput<Statistics>,
  { statistics, pairs }: Counted,
): Promise<void> {
  if (output.format === 'count') return output.write(`${statistics.sessions}\n`);
  if (output.format === 'openmetrics')
    return output.write(openMetricsText(statisticsMetrics(statistics, pairs)));
  if (output.format !== 'table') return output.writeSingle(statistics);
  const { columns, env } = context;
  const width = out.isTTY ? columns : Number.POSITIVE_INFINITY;
  await output.writeTexts(
    statisticsTexts(statistics, output, { width, columns, unicode: drawsUnicode(env) }),
  );
}

import type { Json } from '../../base/json.js';
import type { Statistics } from '../../session/admin/statistics/statistics.js';
import type { CountedUser } from '../../session/admin/statistics/user-counts.js';
import { counted, grouped, percent, shortBytes, shortId } from './humanize.js';
import { type PlotOptions, type PlottedColumn, plotTexts } from './plot.js';
import type { RowOutput } from './row-output.js';
import { groupColumns, groupRows } from './statistics-groups.js';
import { TIMES, timeColumns, timeRows } from './statistics-times.js';
import { unicodeRuler, wrap } from './text.js';
import type { View } from './view.js';

type Section = keyof Statistics;

const SECTIONS: readonly Section[] = [
  'at',
  'sessions',
  'states',
  'kinds',
  'bytes',
  'users',
  'expiry',
  'age',
  'idle',
  'groups',
];
/** What fits a screen of 80 x 24. */
const FOR_PEOPLE = SECTIONS.filter((name) => name !== 'idle' && name !== 'groups');
const FOR_PEOPLE_GROUPED: readonly Section[] = ['at', 'sessions', 'groups'];

/** The sections of the statistics. @param hasGroups whether people asked for groups, and so for little else */
export function statisticsView({ hasGroups }: { hasGroups: boolean }): View<Statistics> {
  return {
    columns: SECTIONS.map((name) => ({ name, value: (statistics) => statistics[name] as Json | Date })),
    forPeople: hasGroups ? FOR_PEOPLE_GROUPED : FOR_PEOPLE,
    idOf: () => '',
  };
}

/** How statistics are drawn: a `PlotOptions` without what the output knows. */
export type Drawing = Omit<PlotOptions, 'style' | 'now'>;

/** Yields the chosen sections for people, at most as wide as the drawing. */
export async function* statisticsTexts(
  statistics: Statistics,
  output: RowOutput<Statistics>,
  drawing: Drawing,
): AsyncGenerator<string> {
  const chosen = new Set(output.columns.map(({ name }) => name as Section));
  yield* headTexts(statistics, chosen, drawing.width);
  const options = { ...drawing, style: await output.style(), now: output.now() };
  const { groups, sessions } = statistics;
  if (chosen.has('groups') && groups !== null && sessions > 0) {
    yield '\n';
    yield* plotTexts(groupRows(groups), groupColumns(groups.by, sessions), options);
  }
  const times = TIMES.filter((name) => chosen.has(name));
  if (times.length > 0) {
    yield '\n';
    yield* plotTexts(timeRows(statistics), timeColumns(times), options);
  }
  const { top } = statistics.users;
  if (!chosen.has('users') || top.length === 0) return;
  yield '\n';
  yield* plotTexts(top, userColumns, options);
}

async function* headTexts(
  statistics: Statistics,
  chosen: ReadonlySet<Section>,
  width: number,
): AsyncGenerator<string> {
  const ruler = await unicodeRuler();
  for (const [section, text] of headLines(statistics)) {
    if (!chosen.has(section)) continue;
    const lines = wrap(text, width - LABEL, ruler);
    yield `${section.padEnd(LABEL)}${lines.join(`\n${' '.repeat(LABEL)}`)}\n`;
  }
}

/** The width of the names of sections in front of their lines. */
const LABEL = 10;

function headLines({ at, sessions, states, kinds, bytes, users }: Statistics): [Section, string][] {
  const { sum, median, p95, largest, largestId } = bytes;
  const most = users.complete ? '' : ', and more users that were not counted one by one';
  const size =
    largestId === null
      ? shortBytes(sum)
      : `${shortBytes(sum)}: median ${shortBytes(median ?? 0)}, 95% up to ${shortBytes(p95 ?? 0)}, largest ${shortBytes(largest)} (${shortId(largestId)})`;
  const share =
    users.mean === null
      ? 'none'
      : `${grouped(users.count)} with ${counted(users.sessions, 'session')}: ${users.mean.toFixed(1)} on average, ${grouped(users.max)} at most${most}`;
  return [
    ['at', at.toISOString()],
    ['sessions', grouped(sessions)],
    ['states', shares(states, sessions)],
    ['kinds', shares(kinds, sessions)],
    ['bytes', size],
    ['users', share],
  ];
}

/** `active 12 (60 %), expired 8 (40 %)`. Leaves out what there is none of. */
function shares(counts: Readonly<Record<string, number>>, total: number): string {
  const given = Object.entries(counts).filter(([, count]) => count > 0);
  if (given.length === 0) return 'none';
  return given.map(([name, count]) => `${name} ${grouped(count)} (${percent(count, total)})`).join(', ');
}

const userColumns: readonly PlottedColumn<CountedUser>[] = [
  { name: 'userName', value: ({ userName }) => userName, min: 9, max: 32 },
  { name: 'userId', value: ({ userId }) => userId, min: 9, max: 32 },
  {
    name: 'sessions',
    value: ({ sessions }) => sessions,
    cell: ({ sessions }) => grouped(sessions),
    align: 'right',
    plotted: ({ sessions }) => sessions,
  },
];

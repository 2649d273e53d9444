import { SECOND } from '../../base/clock.js';
import type { Json } from '../../base/json.js';
import type { Bucket } from '../../session/admin/statistics/buckets.js';
import type { Statistics } from '../../session/admin/statistics/statistics.js';
import type { CountedUser } from '../../session/admin/statistics/user-counts.js';
import { counted, grouped, shortBytes, shortDuration } from './humanize.js';
import type { RowOutput } from './row-output.js';
import { rowTexts } from './row-text.js';
import { tableText } from './table.js';
import { unicodeRuler, wrap } from './text.js';
import type { Column, View } from './view.js';

type Section = keyof Statistics;

const SECTIONS: readonly Section[] = ['at', 'sessions', 'states', 'kinds', 'bytes', 'users', 'expiry', 'age'];

/** The sections of the statistics. */
export const statisticsView: View<Statistics> = {
  columns: SECTIONS.map((name) => ({ name, value: (statistics) => statistics[name] as Json | Date })),
  forPeople: SECTIONS,
  idOf: () => '',
};

/** Digits of an id in a table, as in `list`. */
const SHORT_ID = 12;

/** Yields the chosen sections for people, at most as wide as `width` (characters). */
export async function* statisticsTexts(
  statistics: Statistics,
  output: RowOutput<Statistics>,
  width: number,
): AsyncGenerator<string> {
  const chosen = new Set(output.columns.map(({ name }) => name as Section));
  const head = headLines(statistics).filter(([section]) => chosen.has(section));
  const ruler = await unicodeRuler();
  for (const [section, text] of head) {
    const lines = wrap(text, width - LABEL, ruler);
    yield `${section.padEnd(LABEL)}${lines.join(`\n${' '.repeat(LABEL)}`)}\n`;
  }
  const options = { width, keepsAll: true, style: await output.style() };
  const spans = spanColumns.filter(({ name }) => name === 'time' || chosen.has(name as Section));
  if (spans.length > 1) {
    yield '\n';
    yield* tableText(spanRows(statistics).map(rowTexts(spans, output.now())), spans, options);
  }
  const { top } = statistics.users;
  if (!chosen.has('users') || top.length === 0) return;
  yield '\n';
  yield* tableText(top.map(rowTexts(userColumns, output.now())), userColumns, options);
}

/** The width of the names of sections in front of their lines. */
const LABEL = 10;

function headLines({ at, sessions, states, kinds, bytes, users }: Statistics): [Section, string][] {
  const { sum, mean, largest, largestId } = bytes;
  const most = users.complete ? '' : ', and more users that were not counted one by one';
  const size =
    largestId === null
      ? shortBytes(sum)
      : `${shortBytes(sum)}: ${shortBytes(Math.round(mean ?? 0))} on average, the largest ${shortBytes(largest)} (${largestId.slice(0, SHORT_ID)})`;
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

/** A share as people read it. What is there is never 0 %, and what lacks something is never 100 %. */
function percent(count: number, total: number): string {
  const share = (100 * count) / total;
  if (share > 0 && share < 1) return '<1 %';
  if (share > 99 && share < 100) return '>99 %';
  return `${Math.round(share)} %`;
}

interface Span {
  bucket: Bucket;
  expiry: number;
  age: number;
}

const spanColumns: readonly Column<Span>[] = [
  { name: 'time', value: ({ bucket }) => spanText(bucket) },
  { name: 'expiry', value: ({ expiry }) => expiry, cell: ({ expiry }) => grouped(expiry), align: 'right' },
  { name: 'age', value: ({ age }) => age, cell: ({ age }) => grouped(age), align: 'right' },
];

function spanRows({ expiry, age }: Statistics): Span[] {
  return expiry.map((bucket, index) => ({
    bucket,
    expiry: bucket.sessions,
    age: age[index]?.sessions ?? 0,
  }));
}

function spanText({ from, to }: Bucket): string {
  const text = (seconds: number) => shortDuration(seconds * SECOND);
  if (to === null) return `${text(from)} or more`;
  return from === 0 ? `under ${text(to)}` : `${text(from)} to ${text(to)}`;
}

const userColumns: readonly Column<CountedUser>[] = [
  { name: 'userName', value: ({ userName }) => userName, min: 9, max: 32 },
  { name: 'userId', value: ({ userId }) => userId, min: 9, max: 32 },
  {
    name: 'sessions',
    value: ({ sessions }) => sessions,
    cell: ({ sessions }) => grouped(sessions),
    align: 'right',
  },
];

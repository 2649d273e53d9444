import { SECOND } from '../../base/clock.js';
import type { Bucket } from '../../session/admin/statistics/buckets.js';
import type { Statistics } from '../../session/admin/statistics/statistics.js';
import { grouped, shortDuration } from './humanize.js';
import type { PlottedColumn } from './plot.js';

/** The sections that count sessions by a length of time. */
export const TIMES = ['expiry', 'age', 'idle'] as const satisfies readonly (keyof Statistics)[];

export type Time = (typeof TIMES)[number];

/** One length of time, and how many sessions have it in each section. */
export interface TimeRow extends Record<Time, number> {
  bucket: Bucket;
}

export function timeRows({ expiry, age, idle }: Pick<Statistics, Time>): TimeRow[] {
  return expiry.map((bucket, index) => ({
    bucket,
    expiry: bucket.sessions,
    age: age[index]?.sessions ?? 0,
    idle: idle[index]?.sessions ?? 0,
  }));
}

/** The columns of a table of these sections. */
export function timeColumns(sections: readonly Time[]): PlottedColumn<TimeRow>[] {
  const time: PlottedColumn<TimeRow> = { name: 'time', value: ({ bucket }) => bucketText(bucket) };
  const counts = sections.map(
    (name): PlottedColumn<TimeRow> => ({
      name,
      value: (row) => row[name],
      cell: (row) => grouped(row[name]),
      align: 'right',
      plotted: (row) => row[name],
    }),
  );
  return [time, ...counts];
}

/** `under 1h`, `1h to 6h`, `365d or more`. */
export function bucketText({ from, to }: Bucket): string {
  const text = (seconds: number) => shortDuration(seconds * SECOND);
  if (to === null) return `${text(from)} or more`;
  return from === 0 ? `under ${text(to)}` : `${text(from)} to ${text(to)}`;
}

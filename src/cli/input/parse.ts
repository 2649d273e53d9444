import { DAY, HOUR, MINUTE, SECOND } from '../../base/clock.js';
import { UsageError } from '../../base/errors.js';

const UNITS: Readonly<Record<string, number>> = {
  y: 365 * DAY,
  w: 7 * DAY,
  d: DAY,
  h: HOUR,
  m: MINUTE,
  s: SECOND,
};
const DURATION = /^(\d+(\.\d+)?[ywdhms])+$/;
const RELATIVE = /^([+-])(.+)$/;
/** The last moment that a `Date` can hold, in ms. */
const FARTHEST = 8.64e15;
const ISO = /^(?:\d{4}|[+-]\d{6})-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A length of time in ms: `2h`, `7d`, `30m`, `1h30m`, `1.5h`, `2w`, `9y` of 365 days. @throws UsageError */
export function parseDuration(text: string): number {
  if (!DURATION.test(text))
    throw new UsageError(`'${text}' is not a length of time: write 30m, 2h, 7d or 1h30m`);
  const parts = [...text.matchAll(/([\d.]+)([ywdhms])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
}

/** The shortest and the longest time between two looks, in ms; a timer of more than 24 days would fire at once. */
const SHORTEST_INTERVAL = 0.1 * SECOND;
const LONGEST_INTERVAL = DAY;

/** A time between two looks, in ms. @throws UsageError also when it is too short or too long */
export function parseInterval(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text))
    throw new UsageError(
      `'${text}' is no interval without a unit: write ${text}s for seconds, as in --watch=2s`,
    );
  const interval = parseDuration(text);
  if (interval >= SHORTEST_INTERVAL && interval <= LONGEST_INTERVAL) return interval;
  throw new UsageError(`'${text}' is no interval: write 0.1s to 1d, as in --watch=2s`);
}

/** A moment in ms: ISO 8601 (UTC without a zone), or `+2h` and `-1d` relative to `now`. @throws UsageError */
export function parseMoment(text: string, now: number): number {
  const [, sign, distance] = RELATIVE.exec(text) ?? [];
  const moment =
    distance === undefined || ISO.test(text)
      ? absolute(text)
      : now + (sign === '-' ? -1 : 1) * parseDuration(distance);
  if (Math.abs(moment) <= FARTHEST) return moment;
  throw new UsageError(`'${text}' is not a time: write 2026-05-01T12:00:00Z, +2h or -1d`);
}

/**
 * Returns NaN unless the text is ISO 8601. Years before 0 and after 9999 have a sign and six digits. Also returns NaN for
 * a day that does not exist: `Date.parse` turns 31 February into 3 March.
 */
function absolute(text: string): number {
  const day = text.split('T', 1)[0] as string;
  const isDay =
    ISO.test(text) && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  return isDay ? Date.parse(withZone(text)) : Number.NaN;
}

/** A whole number of 1 or more. @throws UsageError */
export function parseCount(text: string): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new UsageError(`'${text}' is not a count: write a whole number from 1`);
  return count;
}

/** The longest reason that a record keeps, in characters: as the library checks. */
const LONGEST_REASON = 200;

/** Why sessions are ended: 1 to 200 characters. @throws UsageError */
export function parseReason(text: string): string {
  if (text.trim() === '') throw new UsageError('the reason is blank: write one, or leave --reason out');
  if (text.length <= LONGEST_REASON) return text;
  throw new UsageError(`the reason has ${text.length} characters: write at most ${LONGEST_REASON}`);
}

/** Names separated by commas. @throws UsageError when a name is empty */
export function parseNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new UsageError(`'${text}' lacks a name: write them as a,b,c`);
  return names;
}

/** Collects the values of a flag that may repeat. */
export function gather(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A time without a zone is UTC (spec 2). */
function withZone(text: string): string {
  return text.includes('T') && !/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text;
}

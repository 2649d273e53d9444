import { type Clock, DAY, HOUR, MINUTE, SECOND } from '../base/clock.js';

/** A span of time. The parts are added; fractions are allowed. */
export interface Span {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  ms?: number;
}

const UNITS: Readonly<Record<keyof Span, number>> = {
  days: DAY,
  hours: HOUR,
  minutes: MINUTE,
  seconds: SECOND,
  ms: 1,
};

/** A clock that stands until the test moves it: the option `clock`. */
export interface TestClock extends Clock {
  /** Moves the clock forward. @throws TypeError for an unknown unit or no unit; RangeError for a span below 0 */
  advance(span: Span): void;
  /** Moves the clock forward to a moment: ms since 1970, a `Date`, or its ISO text. @throws RangeError for an earlier one */
  set(at: number | string | Date): void;
}

/**
 * A clock for the option `clock`, which a test moves forward. Real browsers, and the jars of supertest and Playwright, drop
 * cookies by the real date. A clock that starts at the real date and only moves forward agrees with them: they keep each
 * cookie that this site takes for fresh, and the site refuses each cookie that its clock has made old.
 * @param start where the clock stands at first: ms since 1970, a `Date`, or its ISO text. Default: the real date. With an
 *   earlier one supertest drops every cookie at once
 * @throws TypeError when `start` is no date
 */
export function testClock(start: number | string | Date = Date.now()): TestClock {
  let time = momentOf(start);
  const set = (at: number | string | Date) => {
    const next = momentOf(at);
    if (next < time)
      throw new RangeError(
        `a test clock moves forward only, and ${isoOf(next)} is before ${isoOf(time)}: make another with testClock`,
      );
    time = next;
  };
  return Object.assign(() => time, { set, advance: (span: Span) => set(time + lengthOf(span)) });
}

function momentOf(at: number | string | Date): number {
  const time = new Date(at).getTime();
  if (!Number.isNaN(time)) return time;
  throw new TypeError(`${JSON.stringify(at)} is no date: give ms since 1970, a Date, or its ISO text`);
}

function lengthOf(span: Span): number {
  const parts = Object.entries(span);
  const isKnown = ([unit, count]: [string, unknown]) => Object.hasOwn(UNITS, unit) && Number.isFinite(count);
  if (parts.length === 0 || !parts.every(isKnown))
    throw new TypeError(
      `a span of time is made of ${Object.keys(UNITS).join(', ')}, as in { hours: 2 }: ${JSON.stringify(span)} is none`,
    );
  return parts.reduce((sum, [unit, count]) => sum + UNITS[unit as keyof Span] * count, 0);
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

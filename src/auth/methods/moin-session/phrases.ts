import { DAY, HOUR, MINUTE, SECOND } from '../../../base/clock.js';

const UNITS: readonly (readonly [string, number])[] = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
];

/** A span of time in words, in its largest unit, rounded down: `3 minutes`. Less than a second: `a moment`. */
export function span(ms: number): string {
  const [unit, length] = UNITS.find(([, least]) => ms >= least) ?? ['', 0];
  if (length === 0) return 'a moment';
  const count = Math.floor(ms / length);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** A moment as seen from now, in words: `3 minutes ago`, `in 2 hours`. */
export function relative(at: number, now: number): string {
  return at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`;
}

import { MINUTE, SECOND } from '../../base/clock.js';

/** The most minutes in the cache: seven days. The times in a store share most of theirs. */
const MOST_MINUTES = 7 * 24 * 60;
const minutes = new Map<number, string>();
const SECONDS = Array.from({ length: 60 }, (_, n) => `${String(n).padStart(2, '0')}.`);
const MILLISECONDS = Array.from({ length: 1000 }, (_, n) => `${String(n).padStart(3, '0')}Z`);

/** Returns the same text as `toISOString`, but faster: `toISOString` would be the largest cost of a long list. */
export function isoText(time: Date): string {
  const ms = time.getTime();
  const minute = Math.floor(ms / MINUTE);
  const rest = ms - minute * MINUTE;
  const second = Math.floor(rest / SECOND);
  return `${minuteText(minute)}${SECONDS[second]}${MILLISECONDS[rest - second * SECOND]}`;
}

/** `2026-05-01T12:00:` */
function minuteText(minute: number): string {
  const known = minutes.get(minute);
  if (known !== undefined) return known;
  if (minutes.size === MOST_MINUTES) minutes.clear();
  const text = new Date(minute * MINUTE).toISOString().slice(0, -'00.000Z'.length);
  minutes.set(minute, text);
  return text;
}

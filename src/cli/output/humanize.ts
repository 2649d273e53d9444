import { DAY, HOUR, MINUTE, SECOND } from '../../base/clock.js';

/** Used as a unit from two years on: `400d` is more exact than `1y`. */
const YEAR = 365 * DAY;

const STEPS = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
] as const;

/** A length of time in ms as text in its largest unit, such as `3h`; `0s` below a second. */
export function shortDuration(ms: number): string {
  if (ms >= 2 * YEAR) return `${Math.floor(ms / YEAR)}y`;
  const [unit, letter] = STEPS.find(([size]) => ms >= size) ?? [SECOND, 's'];
  return `${Math.floor(ms / unit)}${letter}`;
}

/** A moment as seen from `now`: `2h ago`, `in 7d`, `now`. */
export function relativeTime(moment: Date, now: number): string {
  const distance = moment.getTime() - now;
  if (Math.abs(distance) < SECOND) return 'now';
  return distance < 0 ? `${shortDuration(-distance)} ago` : `in ${shortDuration(distance)}`;
}

/** A size for people: `512 B`, `1.5 kB`. */
export function shortBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const scaled = bytes / 1000 ** power;
  return `${scaled.toFixed(scaled < 9.95 ? 1 : 0)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** A count with commas between thousands: `12,345`. `toLocaleString` would load all of ICU. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 session`, `12,345 sessions`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share as people read it. What is there is never 0%, and what lacks something is never 100%. */
export function percent(count: number, total: number): string {
  const share = total === 0 ? 0 : (100 * count) / total;
  if (share > 0 && share < 1) return '<1%';
  if (share > 99 && share < 100) return '>99%';
  return `${Math.round(share)}%`;
}

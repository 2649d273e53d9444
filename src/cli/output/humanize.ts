import { DAY, HOUR, MINUTE, SECOND } from '../../base/clock.js';
import { isoText } from './iso.js';

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

/** A length of time in ms as text that loses nothing: `2s`, `90s`, `0.5s`, `1h`. */
export function exactDuration(ms: number): string {
  const [unit, letter] = STEPS.find(([size]) => ms >= size && ms % size === 0) ?? [SECOND, 's'];
  return `${ms / unit}${letter}`;
}

/** A moment as seen from `now`: `2h ago`, `in 7d`, `now`. */
export function relativeTime(moment: Date, now: number): string {
  const distance = moment.getTime() - now;
  if (Math.abs(distance) < SECOND) return 'now';
  return distance < 0 ? `${shortDuration(-distance)} ago` : `in ${shortDuration(distance)}`;
}

/** How a table shows times. */
export const TIME_STYLES = ['relative', 'utc', 'local'] as const;

export type TimeStyle = (typeof TIME_STYLES)[number];

/** Returns what turns a time into the text of a cell. @param now the moment that relative times refer to, in ms */
export function timeTexts(style: TimeStyle, now: number): (moment: Date) => string {
  if (style === 'relative') return (moment) => relativeTime(moment, now);
  return style === 'utc' ? utcText : localText;
}

/** `2026-05-01 12:00:00Z` */
function utcText(moment: Date): string {
  return `${wholeSeconds(moment)}Z`;
}

/** `2026-05-01 14:00:00+02:00`, in the zone of the process (TZ). */
function localText(moment: Date): string {
  const offset = -moment.getTimezoneOffset();
  const shifted = new Date(moment.getTime() + offset * MINUTE);
  // Not so at the ends of what a `Date` can hold.
  if (Number.isNaN(shifted.getTime())) return utcText(moment);
  const minutes = Math.abs(offset);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${wholeSeconds(shifted)}${offset < 0 ? '-' : '+'}${hour}:${minute}`;
}

function wholeSeconds(moment: Date): string {
  return isoText(moment)
    .replace('T', ' ')
    .replace(/\.\d{3}Z$/, '');
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
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** Digits of an id for people: enough to distinguish sessions, and to name one in a command. */
export const SHORT_ID = 12;

export function shortId(id: string): string {
  return id.slice(0, SHORT_ID);
}

/** A share as people read it. What is there is never 0%, and what lacks something is never 100%. */
export function percent(count: number, total: number): string {
  const share = total === 0 ? 0 : (100 * count) / total;
  if (share > 0 && share < 1) return '<1%';
  if (share > 99 && share < 100) return '>99%';
  return `${Math.round(share)}%`;
}

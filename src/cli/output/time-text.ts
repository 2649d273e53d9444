import { MINUTE } from '../../base/clock.js';
import { relativeTime } from './humanize.js';
import { isoText } from './iso.js';

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

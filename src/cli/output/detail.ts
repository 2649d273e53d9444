import type { SessionDetail } from '../../session/admin/info.js';
import { relativeTime, shortBytes } from './humanize.js';
import { safeJson, sanitize } from './sanitize.js';
import { stateColor } from './sessions.js';
import { timeNote, whyText } from './state-text.js';
import type { Style } from './style.js';
import { asText, type Column } from './view.js';
import { shown } from './words.js';

/** One session for people, with one line for each field. A time is absolute and relative. The data is last and complete. */
export function detailText(
  session: SessionDetail,
  columns: readonly Column<SessionDetail>[],
  { now, style }: { now: number; style: Style },
): string {
  const filled = columns.filter(({ name, value }) => name !== 'data' && value(session) !== null);
  const lines = filled.flatMap((column) => {
    const line = `${column.name.padEnd(14)} ${fieldText(session, column, now, style)}`;
    const why = column.name === 'state' ? whyText(session, now) : null;
    return why === null ? [line] : [line, `${''.padEnd(14)} ${shown(why)}`];
  });
  if (session.unreadable !== undefined)
    lines.push(`${'unreadable'.padEnd(14)} ${sanitize(session.unreadable)}`);
  if (columns.some(({ name }) => name === 'data') && session.data !== null)
    lines.push(`${'data'.padEnd(14)} ${safeJson(session.data, 2)}`);
  return `${lines.join('\n')}\n`;
}

function fieldText(session: SessionDetail, column: Column<SessionDetail>, now: number, style: Style): string {
  const value = column.value(session);
  if (column.name === 'state') return stateColor(session.state, style)(session.state);
  if (column.name === 'bytes') return shortBytes(session.bytes);
  if (column.name === 'keys') return shown(session.keys?.join(' ') ?? '');
  if (value instanceof Date)
    return `${value.toISOString()} (${relativeTime(value, now)}${timeNote(session, column.name)})`;
  return shown(asText(value));
}

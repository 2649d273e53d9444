import type { Layout } from '../../moin/layout.js';
import type { SessionDetail } from '../../session/admin/info.js';
import { relativeTime, shortBytes } from './humanize.js';
import { safeJson, sanitize } from './sanitize.js';
import { type RevealedSession, stateColor } from './sessions.js';
import { timeNote, whyText } from './state-text.js';
import type { Style } from './style.js';
import { asText, type Column } from './view.js';
import { noTimeText } from './wiki-text.js';
import { shown } from './words.js';

/** How a session is shown, and what is known of it beside its fields. */
export interface DetailLook {
  now: number;
  style: Style;
  /** Of the wiki; null for another store. */
  layout: Layout | null;
  /** As whom it acts, in words; null without a change of user. */
  actsAs: string | null;
}

/** One session for people, with one line for each field. A time is absolute and relative. The data is last and complete. */
export function detailText<Row extends RevealedSession>(
  session: Row,
  columns: readonly Column<Row>[],
  look: DetailLook,
): string {
  const filled = columns.filter(
    ({ name, value }) => name !== 'data' && (value(session) !== null || noTimeText(session, name) !== null),
  );
  const lines = filled.flatMap((column) => [
    `${column.name.padEnd(14)} ${fieldText(session, column, look)}`,
    ...below(session, column.name, look),
  ]);
  if (session.unreadable !== undefined)
    lines.push(`${'unreadable'.padEnd(14)} ${sanitize(session.unreadable)}`);
  if (columns.some(({ name }) => name === 'data') && session.data !== null)
    lines.push(`${'data'.padEnd(14)} ${safeJson(session.data, 2)}`);
  return `${lines.join('\n')}\n`;
}

/** What is said in the lines below a field. */
function below(session: SessionDetail, name: string, { now, layout, actsAs }: DetailLook): string[] {
  if (name === 'userName' || (name === 'state' && session.userName === null && actsAs !== null))
    return [...(name === 'state' ? reasonLines(session, now, layout) : []), ...actsAsLines(actsAs)];
  if (name === 'state') return reasonLines(session, now, layout);
  return name === 'file' ? [`${''.padEnd(14)} its name is secret: whoever knows it has the session`] : [];
}

function reasonLines(session: SessionDetail, now: number, layout: Layout | null): string[] {
  const why = whyText(session, now, layout);
  return why === null ? [] : [`${''.padEnd(14)} ${shown(why)}`];
}

function actsAsLines(actsAs: string | null): string[] {
  return actsAs === null ? [] : [`${'acts as'.padEnd(14)} ${shown(actsAs)}`];
}

function fieldText<Row extends SessionDetail>(
  session: Row,
  column: Column<Row>,
  { now, style }: DetailLook,
): string {
  const value = column.value(session);
  if (column.name === 'state') return stateColor(session.state, style)(session.state);
  if (column.name === 'bytes') return shortBytes(session.bytes);
  if (column.name === 'keys') return shown(session.keys?.join(' ') ?? '');
  if (value instanceof Date)
    return `${value.toISOString()} (${relativeTime(value, now)}${timeNote(session, column.name)})`;
  if (value === null) return noTimeText(session, column.name) ?? '';
  return shown(asText(value));
}

import {
  type FieldOf,
  SESSION_FIELDS,
  type SessionDetail,
  type SessionInfo,
} from '../../session/admin/info.js';
import type { SessionState } from '../../session/lifecycle/state.js';
import { relativeTime, shortBytes } from './humanize.js';
import type { Style } from './style.js';
import type { Column, View } from './view.js';

type Field = keyof SessionInfo;
type Appearance = Omit<Column<SessionInfo>, 'name' | 'value'>;

/** Digits of an id in a table: enough to distinguish sessions and to name one in a command. */
const SHORT_ID = 12;

/** How fields look in a table where they differ from the default of their type. */
const APPEARANCE: Readonly<Partial<Record<Field, Appearance>>> = {
  id: { cell: ({ id }) => id.slice(0, SHORT_ID) },
  state: { paint: (state, style) => stateColor(state as SessionState, style) },
  userId: { min: 12, max: 24 },
  userName: { min: 16, max: 32 },
  method: { min: 10, max: 18 },
  endReason: { min: 12, max: 40 },
  userAgent: { min: 16, max: 40 },
  url: { min: 12, max: 40 },
  keys: { cell: ({ keys }) => keys?.join(' ') ?? '', min: 12, max: 30 },
  bytes: { cell: ({ bytes }) => shortBytes(bytes), align: 'right' },
};

const FIELDS = Object.keys(SESSION_FIELDS) as Field[];

/** How sessions are shown (spec 7). */
export const sessionView: View<SessionInfo> = {
  columns: FIELDS.map(columnOf),
  forPeople: ['id', 'userName', 'state', 'seen', 'expires', 'kind', 'keys', 'bytes', 'method'],
  idOf: ({ id }) => id,
};

const detailColumns: readonly Column<SessionDetail>[] = [
  ...sessionView.columns,
  { name: 'data', value: ({ data }) => data, min: 4, max: 60 },
  { name: 'revision', value: ({ revision }) => revision, align: 'right' },
];

/** How `inspect` shows a session: every field, including `data` and `revision`. */
export const detailView: View<SessionDetail> = {
  columns: detailColumns,
  forPeople: detailColumns.map(({ name }) => name),
  idOf: ({ id }) => id,
};

export function stateColor(state: SessionState, style: Style): (text: string) => string {
  const { good, warn, dim, bad } = style;
  return { active: good, grace: warn, expired: dim, refused: bad, unreadable: bad }[state];
}

function columnOf(name: Field): Column<SessionInfo> {
  const typical = isDate(name) ? { cell: relativeCell(name) } : {};
  return { name, value: (session) => session[name], ...typical, ...APPEARANCE[name] };
}

function isDate(name: Field): name is FieldOf<'date'> {
  return SESSION_FIELDS[name] === 'date';
}

function relativeCell(name: FieldOf<'date'>): NonNullable<Appearance['cell']> {
  return (session, now) => {
    const time = session[name];
    return time === null ? '' : relativeTime(time, now);
  };
}

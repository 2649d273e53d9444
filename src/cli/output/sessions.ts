import {
  type FieldOf,
  SESSION_FIELDS,
  type SessionDetail,
  type SessionInfo,
} from '../../session/admin/info.js';
import type { SessionState } from '../../session/lifecycle/state.js';
import { dataColumn } from './data-column.js';
import { shortBytes, shortId } from './humanize.js';
import type { Style } from './style.js';
import type { Column, View } from './view.js';
import { noTimeText } from './wiki-text.js';

type Field = keyof SessionInfo;
type Appearance = Omit<Column<SessionInfo>, 'name' | 'value'>;

/** How fields look in a table where they differ from the default of their type. */
const APPEARANCE: Readonly<Partial<Record<Field, Appearance>>> = {
  id: { cell: ({ id }) => shortId(id) },
  state: { paint: (state, style) => stateColor(state as SessionState, style) },
  // An ended session's cookie opens nothing from then on. Its record says an hour before, so that it has expired.
  cookieExpires: {
    cell: (session, _now, timeText) => {
      const { cookieExpires, endedAt } = session;
      if (endedAt !== null) return `ended ${timeText(endedAt)}`;
      return cookieExpires === null ? (noTimeText(session, 'cookieExpires') ?? '') : timeText(cookieExpires);
    },
  },
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
export const sessionView: View<ListedSession> = {
  columns: FIELDS.map(columnOf),
  // Not `expires`: it is an hour after the cookie opens nothing any more, and is read as if it were that moment.
  forPeople: ['id', 'userName', 'state', 'seen', 'cookieExpires', 'kind', 'keys', 'bytes', 'method'],
  wide: [
    ...[
      'id',
      'userName',
      'userId',
      'state',
      'seen',
      'created',
      'cookieExpires',
      'expires',
      'kind',
      'method',
      'keys',
    ],
    ...['bytes', 'endedBy', 'endedAt', 'endReason', 'address', 'userAgent', 'url'],
  ],
  more: dataColumn,
  idOf: ({ id }) => id,
};

/** A session in a list; with its data where a column shows some of it. */
export type ListedSession = SessionInfo & Pick<Partial<SessionDetail>, 'data'>;

const detailColumns: readonly Column<SessionDetail>[] = [
  ...sessionView.columns,
  { name: 'data', value: ({ data }) => data, min: 4, max: 60 },
  { name: 'revision', value: ({ revision }) => revision, align: 'right' },
];

/** How `inspect` shows a session: every field, including `data` and `revision`. */
export const detailView: View<SessionDetail> = {
  columns: detailColumns,
  forPeople: detailColumns.map(({ name }) => name),
  more: dataColumn,
  idOf: ({ id }) => id,
};

/** A session with the path of its file, as `inspect --reveal` shows it. */
export type RevealedSession = SessionDetail & { file?: string | null };

/** How `inspect --reveal` shows a session of a wiki. */
export const revealedView: View<RevealedSession> = {
  columns: [...detailColumns, { name: 'file', value: ({ file }) => file ?? null }],
  forPeople: [...detailColumns.map(({ name }) => name), 'file'],
  more: dataColumn,
  idOf: ({ id }) => id,
};

export function stateColor(state: SessionState, style: Style): (text: string) => string {
  const { good, warn, dim, bad } = style;
  return { active: good, grace: warn, expired: dim, refused: bad, unreadable: bad }[state];
}

function columnOf(name: Field): Column<SessionInfo> {
  const typical = isDate(name) ? { cell: timeCell(name) } : {};
  return { name, value: (session) => session[name], ...typical, ...APPEARANCE[name] };
}

function isDate(name: Field): name is FieldOf<'date'> {
  return SESSION_FIELDS[name] === 'date';
}

function timeCell(name: FieldOf<'date'>): NonNullable<Appearance['cell']> {
  return (session, _now, timeText) => {
    const time = session[name];
    return time === null ? (noTimeText(session, name) ?? '') : timeText(time);
  };
}

import type { SessionDetail, SessionInfo } from '../../session/admin/info.js';
import type { SessionState } from '../../session/lifecycle/state.js';
import { relativeTime, shortBytes } from './humanize.js';
import type { Style } from './style.js';
import type { Column, View } from './view.js';

type TimeField = 'created' | 'seen' | 'cookieExpires' | 'expires';

/** Digits of an id that people are shown: enough to tell sessions apart, and to name one. */
const SHORT_ID = 12;

/** How sessions are shown (spec 7). */
export const sessionView: View<SessionInfo> = {
  columns: [
    { name: 'id', value: ({ id }) => id, cell: ({ id }) => id.slice(0, SHORT_ID) },
    { name: 'kind', value: ({ kind }) => kind },
    { name: 'state', value: ({ state }) => state, paint: ({ state }, style) => stateColor(state, style) },
    { name: 'userId', value: ({ userId }) => userId, min: 12, max: 24 },
    { name: 'userName', value: ({ userName }) => userName, min: 16, max: 32 },
    { name: 'method', value: ({ method }) => method, min: 10, max: 18 },
    time('created'),
    time('seen'),
    time('cookieExpires'),
    time('expires'),
    { name: 'keys', value: ({ keys }) => keys, cell: ({ keys }) => keys?.join(' ') ?? '', min: 12, max: 30 },
    { name: 'bytes', value: ({ bytes }) => bytes, cell: ({ bytes }) => shortBytes(bytes), align: 'right' },
  ],
  forPeople: ['id', 'userName', 'state', 'seen', 'expires', 'kind', 'keys', 'bytes', 'method'],
  idOf: ({ id }) => id,
};

const detailColumns: readonly Column<SessionDetail>[] = [
  ...sessionView.columns,
  { name: 'data', value: ({ data }) => data, min: 4, max: 60 },
  { name: 'revision', value: ({ revision }) => revision, align: 'right' },
];

/** How `inspect` shows a session: every field, `data` and `revision` included. */
export const detailView: View<SessionDetail> = {
  columns: detailColumns,
  forPeople: detailColumns.map(({ name }) => name),
  idOf: ({ id }) => id,
};

export function stateColor(state: SessionState, style: Style): (text: string) => string {
  const { good, warn, dim, bad } = style;
  return { active: good, grace: warn, expired: dim, refused: bad, unreadable: bad }[state];
}

function time(name: TimeField): Column<SessionInfo> {
  return {
    name,
    value: (row) => row[name],
    cell: (row, now) => (row[name] === null ? '' : relativeTime(row[name], now)),
  };
}

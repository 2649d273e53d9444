import type { Dimension, Group, GroupStatistics } from '../../session/admin/statistics/groups.js';
import { counted, grouped, percent, shortBytes } from './humanize.js';
import type { PlottedColumn } from './plot.js';
import type { Column, View } from './view.js';

/** A group, or all those that are not named: then `others` says how many. */
export interface GroupRow {
  group: Group;
  others?: string;
}

type GroupField = Exclude<keyof Group, 'sessions' | 'bytes'>;

/** The fields of a group, for each of what sessions can be counted by. */
const FIELDS: Readonly<Record<Dimension, readonly GroupField[]>> = {
  user: ['userName', 'userId'],
  kind: ['kind'],
  state: ['state'],
  method: ['method'],
  day: ['day'],
};

/** What people read where a session has none. In brackets, so that it does not look like a name. */
const NONE: Readonly<Record<GroupField, string>> = {
  userName: '(no user)',
  userId: '',
  kind: '(unreadable)',
  state: '',
  method: '(none)',
  day: '(unreadable)',
};

/** How programs get the groups, one on each line. */
export function groupView(by: readonly Dimension[]): View<Group> {
  const fields = fieldsOf(by);
  const columns: Column<Group>[] = [
    ...fields.map((name) => ({ name, value: (group: Group) => group[name] ?? null })),
    { name: 'sessions', value: ({ sessions }) => sessions },
    { name: 'bytes', value: ({ bytes }) => bytes },
  ];
  return { columns, forPeople: columns.map(({ name }) => name), idOf: () => '' };
}

export function groupRows({ by, rows, others, complete }: GroupStatistics): GroupRow[] {
  const named = rows.map((group) => ({ group }));
  if (others.sessions === 0) return named;
  const noun = by.length === 1 && by[0] === 'day' ? 'day' : 'group';
  const label = complete
    ? counted(others.groups, `other ${noun}`)
    : `more than ${grouped(others.groups)} other ${noun}s`;
  return [...named, { group: others, others: label }];
}

/** The columns of a table for people. @param total how many sessions there are */
export function groupColumns(by: readonly Dimension[], total: number): PlottedColumn<GroupRow>[] {
  const [first] = fieldsOf(by);
  const fields = fieldsOf(by).map(
    (name): PlottedColumn<GroupRow> => ({
      name,
      value: ({ group }) => group[name] ?? null,
      cell: ({ group, others }) =>
        others === undefined ? (group[name] ?? NONE[name]) : name === first ? others : '',
      min: 9,
      max: 32,
    }),
  );
  return [
    ...fields,
    {
      name: 'sessions',
      value: ({ group }) => group.sessions,
      cell: ({ group }) => grouped(group.sessions),
      align: 'right',
    },
    {
      name: 'share',
      value: ({ group }) => percent(group.sessions, total),
      align: 'right',
    },
    {
      name: 'bytes',
      value: ({ group }) => group.bytes,
      cell: ({ group }) => shortBytes(group.bytes),
      align: 'right',
      plotted: ({ group, others }) => (others === undefined ? group.sessions : null),
    },
  ];
}

function fieldsOf(by: readonly Dimension[]): GroupField[] {
  return by.flatMap((dimension) => FIELDS[dimension]);
}

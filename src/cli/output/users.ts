import type { DirectoryUser } from '../../users/directory.js';
import type { ListedUser } from '../../users/file.js';
import { relativeTime } from './humanize.js';
import type { Column, View } from './view.js';

const columns: readonly Column<DirectoryUser>[] = [
  { name: 'id', value: ({ id }) => id },
  { name: 'name', value: ({ name }) => name, min: 4 },
  {
    name: 'disabled',
    value: ({ disabled }) => disabled ?? false,
    cell: ({ disabled }) => (disabled ? 'disabled' : ''),
    paint: (_cell, style) => style.bad,
  },
];

const created: Column<ListedUser> = {
  name: 'created',
  value: (user) => user.created,
  cell: (user, now) => relativeTime(user.created, now),
};

/** One user of the embedded directory after a command changed it. */
export const changedUserView: View<DirectoryUser> = {
  columns,
  forPeople: ['name', 'id', 'disabled'],
  idOf: ({ id }) => id,
};

/** The list of users of the embedded directory. */
export const userView: View<ListedUser> = {
  columns: [...columns, created],
  forPeople: ['name', 'id', 'disabled', 'created'],
  idOf: ({ id }) => id,
};

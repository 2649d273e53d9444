import type { JsonObject } from '../../base/json.js';
import type { DirectoryUser } from '../../users/directory.js';
import { fieldsOf } from '../../users/fields.js';
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

/** The site's own fields, such as roles. */
const fields: Column<DirectoryUser> = {
  name: 'fields',
  value: (user) => ({ ...fieldsOf(user, ['created']) }) as JsonObject,
  cell: (user) =>
    Object.keys(fieldsOf(user, ['created'])).length === 0 ? '' : JSON.stringify(fieldsOf(user, ['created'])),
  min: 12,
  max: 60,
};

const created: Column<ListedUser> = {
  name: 'created',
  value: (user) => user.created,
  cell: (user, now) => relativeTime(user.created, now),
};

/** One user of the embedded directory after a command changed it. */
export const changedUserView: View<DirectoryUser> = {
  columns: [...columns, fields],
  forPeople: ['name', 'id', 'disabled'],
  idOf: ({ id }) => id,
};

/** A user after a command changed it, and how many of the user's sessions the command ended. */
export interface UserAndSessions {
  user: DirectoryUser;
  sessionsEnded: number;
}

/** How the commands show a user whose sessions they end. */
export const userAndSessionsView: View<UserAndSessions> = {
  columns: [
    ...changedUserView.columns.map(({ name, value }) => ({
      name,
      value: ({ user }: UserAndSessions) => value(user),
    })),
    { name: 'sessionsEnded', value: ({ sessionsEnded }) => sessionsEnded, align: 'right' },
  ],
  forPeople: ['name', 'id', 'disabled', 'sessionsEnded'],
  idOf: ({ user }) => user.id,
};

/** The list of users of the embedded directory. */
export const userView: View<ListedUser> = {
  columns: [...columns, created, fields],
  forPeople: ['name', 'id', 'disabled', 'created', 'fields'],
  idOf: ({ id }) => id,
};

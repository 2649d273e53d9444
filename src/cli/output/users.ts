import type { JsonObject } from '../../base/json.js';
import type { DirectoryUser } from '../../users/directory.js';
import { fieldsOf } from '../../users/fields.js';
import type { ListedUser } from '../../users/file.js';
import type { ImportedUser } from '../../users/import-verdict.js';
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

/** A user of a wiki, and what the import made or would make of them. */
export interface ImportedRow extends ImportedUser {
  dryRun: boolean;
}

const RESULTS: Readonly<Record<ImportedUser['result'], string>> = {
  imported: 'imported',
  'already-here': 'already here',
  conflict: 'conflict',
  refused: 'refused',
};

/** The users that an import has seen. */
export const importedUserView: View<ImportedRow> = {
  columns: [
    { name: 'id', value: ({ id }) => id },
    { name: 'name', value: ({ name }) => name, min: 4 },
    {
      name: 'disabled',
      value: ({ disabled }) => disabled,
      cell: ({ disabled }) => (disabled ? 'disabled' : ''),
    },
    { name: 'scheme', value: ({ scheme }) => scheme, cell: ({ scheme }) => scheme ?? 'none' },
    { name: 'hasPassword', value: ({ hasPassword }) => hasPassword },
    {
      name: 'result',
      value: ({ result }) => result,
      cell: ({ result, dryRun }) => (dryRun && result === 'imported' ? 'would import' : RESULTS[result]),
      paint: (cell, style) => (cell === 'conflict' || cell === 'refused' ? style.bad : (text) => text),
    },
    { name: 'reason', value: ({ reason }) => reason, min: 12, max: 200 },
    { name: 'dryRun', value: ({ dryRun }) => dryRun },
  ],
  forPeople: ['name', 'id', 'scheme', 'result', 'reason'],
  idOf: ({ id }) => id,
};

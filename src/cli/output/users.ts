import type { ListedUser } from '../../users/file.js';
import { relativeTime } from './humanize.js';
import type { View } from './view.js';

/** How users of the embedded directory are shown. */
export const userView: View<ListedUser> = {
  columns: [
    { name: 'id', value: ({ id }) => id },
    { name: 'name', value: ({ name }) => name, min: 4 },
    {
      name: 'disabled',
      value: ({ disabled }) => disabled ?? false,
      cell: ({ disabled }) => (disabled ? 'disabled' : ''),
      paint: (_row, style) => style.bad,
    },
    {
      name: 'created',
      value: ({ created }) => created,
      cell: ({ created }, now) => relativeTime(created, now),
    },
  ],
  forPeople: ['name', 'id', 'disabled', 'created'],
  idOf: ({ id }) => id,
};

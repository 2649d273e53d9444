import { basename } from 'node:path';
import type { Json } from '../../base/json.js';
import type { View } from './view.js';

/** One setting as `config show` shows it. No secret is in it. */
export interface Setting {
  name: string;
  /** Null: not set, and without a default. Secrets: how many there are, and their lengths. */
  value: Json;
  /** What a table shows in place of a value that is a whole sentence. */
  summary?: string;
  /** What gave it: `flag`, `environment`, `file`; `search` for a configuration that was found upwards; or `default`. */
  origin: 'flag' | 'environment' | 'file' | 'search' | 'default';
  /** The flag, variable or file; null for a default. */
  from: string | null;
  /** Whether it has an effect: on a MoinMoin wiki most options of a configuration have none. Default true. */
  effective?: boolean;
}

/** The settings in force. */
export const settingView: View<Setting> = {
  columns: [
    { name: 'name', value: ({ name }) => name },
    {
      name: 'value',
      value: ({ value }) => value,
      cell: ({ value, summary }) => summary ?? textOf(value),
      min: 12,
      max: 60,
    },
    {
      name: 'origin',
      value: ({ origin }) => origin,
      cell: ({ origin, effective = true }) => (effective ? origin : `${origin}, no effect`),
    },
    { name: 'from', value: ({ from }) => from, cell: ({ from }) => basename(from ?? ''), min: 12 },
    { name: 'effective', value: ({ effective = true }) => effective },
  ],
  forPeople: ['name', 'value', 'origin', 'from'],
  idOf: ({ name }) => name,
};

function textOf(value: Json): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

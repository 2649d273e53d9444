import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import type { Column } from './view.js';

const PREFIX = 'data.';

/** The column of `data.KEY`, `data.cart.total` or `data.items[0].sku`; null for another name. */
export function dataColumn(name: string): Column<{ data?: JsonObject | null }> | null {
  if (!isDataColumn(name) || name === PREFIX) return null;
  return { name, value: (row) => valueIn(row, name) ?? null, min: 8, max: 40 };
}

/** Whether a column shows a value of the session's data. */
export function isDataColumn(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** A row that was written and read again has the value itself under this name, in place of the data. */
function valueIn(row: { data?: JsonObject | null }, name: string): Json | undefined {
  if (Object.hasOwn(row, name)) return (row as Record<string, Json>)[name];
  return valueAt(row.data ?? null, name.slice(PREFIX.length));
}

/** The own value at a path. A key that itself has dots in it comes first. */
function valueAt(value: Json | undefined, path: string): Json | undefined {
  if (path === '') return value;
  if (isJsonObject(value) && Object.hasOwn(value, path)) return value[path];
  const [, index, key = '', rest = ''] = /^(?:\[(\d{1,9})\]|([^.[]+))\.?(.*)$/s.exec(path) ?? [];
  if (index !== undefined) return Array.isArray(value) ? valueAt(value[Number(index)], rest) : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

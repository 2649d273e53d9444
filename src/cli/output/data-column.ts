import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import type { Column } from './view.js';

const PREFIX = 'data.';

/** The column of `data.KEY`, `data.cart.total` or `data.items[0].sku`; null for another name. */
export function dataColumn(name: string): Column<{ data?: JsonObject | null }> | null {
  const path = name.slice(PREFIX.length);
  if (!isDataColumn(name) || path === '') return null;
  return { name, value: ({ data }) => valueAt(data ?? null, path) ?? null, min: 8, max: 40 };
}

/** Whether a column shows a value of the session's data. */
export function isDataColumn(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** The own value at a path. A key that itself has dots in it comes first. */
function valueAt(value: Json | undefined, path: string): Json | undefined {
  if (path === '') return value;
  if (isJsonObject(value) && Object.hasOwn(value, path)) return value[path];
  const [, index, key = '', rest = ''] = /^(?:\[(\d{1,9})\]|([^.[]+))\.?(.*)$/s.exec(path) ?? [];
  if (index !== undefined) return Array.isArray(value) ? valueAt(value[Number(index)], rest) : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

import type { Json, JsonObject } from '../../base/json.js';
import type { StoredValue } from './stored-value.js';

/** What a request changed: by key, the new value, or undefined for a removed one. */
export type Changes = ReadonlyMap<string, Json | undefined>;

/** What a save writes, and what `Values.rebase` needs to find the changes made during that save. */
export interface Snapshot {
  readonly changes: Changes;
  /** What the store has of each changed key once the changes are saved. */
  readonly sent: ReadonlyMap<string, StoredValue>;
  /** The number of assignments before the snapshot. */
  readonly assignments: number;
}

/** A new object: `data` with the changes made. Every key is plain data, `__proto__` too. */
export function applyChanges(data: JsonObject, changes: Changes): JsonObject {
  return withValues(data, changes) ?? withAndWithout(data, changes);
}

/** Null when a key goes, or is one that an assignment does not make. */
function withValues(data: JsonObject, changes: Changes): JsonObject | null {
  const merged: Record<string, Json> = { ...data };
  for (const [key, value] of changes) {
    if (value === undefined || key === '__proto__') return null;
    merged[key] = value;
  }
  return merged;
}

/** Takes several times as long. */
function withAndWithout(data: JsonObject, changes: Changes): JsonObject {
  const merged = new Map(Object.entries(data));
  for (const [key, value] of changes) {
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** The changes that lead from `before` to `after`. */
export function changesSince(before: JsonObject, after: JsonObject): Changes {
  const changes = new Map<string, Json | undefined>();
  const textOf = (data: JsonObject, key: string) =>
    Object.hasOwn(data, key) ? JSON.stringify(data[key]) : undefined;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (textOf(before, key) === textOf(after, key)) continue;
    changes.set(key, Object.hasOwn(after, key) ? after[key] : undefined);
  }
  return changes;
}

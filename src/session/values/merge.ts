import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';

/** A change of a list: `inserted` takes the place of `removed` elements at the index `at`. */
export interface Splice {
  at: number;
  removed: number;
  inserted: readonly Json[];
}

/** Undefined: absent. */
type Value = Json | undefined;

/** Whether two values are the same JSON. */
export function isSame(one: Value, other: Value): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Three-way merge: `mine` with the changes that others made to `base` in other places. Where both changed the same
 * place, `mine` stays, because it is the later save (spec 5).
 */
export function merge(mine: Value, base: Value, theirs: Value): Value {
  if (isSame(theirs, base)) return mine;
  if (isSame(mine, base)) return theirs;
  if (isList(mine) && isList(base) && isList(theirs)) return mergeLists(mine, base, theirs);
  if (isJsonObject(mine) && isJsonObject(base) && isJsonObject(theirs))
    return mergeObjects(mine, base, theirs);
  return mine;
}

/** The single splice that turns `from` into `to`, at the largest index possible. */
export function spliceBetween(from: readonly Json[], to: readonly Json[]): Splice {
  const shorter = Math.min(from.length, to.length);
  let at = 0;
  while (at < shorter && isSame(from[at], to[at])) at++;
  let after = 0;
  while (after < shorter - at && isSame(from.at(-1 - after), to.at(-1 - after))) after++;
  return { at, removed: from.length - at - after, inserted: to.slice(at, to.length - after) };
}

/** A copy of the list with the splice made. */
function splice(list: readonly Json[], { at, removed, inserted }: Splice): Json[] {
  return [...list.slice(0, at), ...inserted, ...list.slice(at + removed)];
}

export function isList(value: Value): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value of an own key; `__proto__` is a key like others. */
export function ownValue(object: JsonObject, key: string): Value {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function mergeObjects(mine: JsonObject, base: JsonObject, theirs: JsonObject): JsonObject {
  const merged: [string, Json][] = [];
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = merge(ownValue(mine, key), ownValue(base, key), ownValue(theirs, key));
    if (value !== undefined) merged.push([key, value]);
  }
  return Object.fromEntries(merged);
}

/**
 * Changes in different places both count, also two appended elements. If they overlap, lists of one length are merged
 * element by element; else `mine` stays.
 */
function mergeLists(mine: readonly Json[], base: readonly Json[], theirs: readonly Json[]): readonly Json[] {
  const own = spliceBetween(base, mine);
  const other = spliceBetween(base, theirs);
  if (other.at + other.removed <= own.at) return splice(mine, other);
  if (own.at + own.removed <= other.at)
    return splice(mine, { ...other, at: other.at + own.inserted.length - own.removed });
  if (mine.length !== base.length || theirs.length !== base.length) return mine;
  return mine.map((value, index) => merge(value, base[index], theirs[index]) as Json);
}

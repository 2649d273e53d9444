/** The keys in a JSON value and the lengths of its lists, at any depth; null for a value that is neither object nor list. */
export interface Outline {
  /** Of an object; null of a list. */
  keys: readonly string[] | null;
  /** One for each value of the object or list. */
  values: readonly (Outline | null)[];
}

export function outlineOf(value: unknown): Outline | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return { keys: null, values: value.map(outlineOf) };
  const keys = Object.keys(value);
  return { keys, values: keys.map((key) => outlineOf(value[key as keyof object])) };
}

/** Whether a value lacks a key, or an end of a list, that an earlier value had. */
export function lacks(value: unknown, earlier: Outline | null): boolean {
  if (earlier === null) return false;
  if (typeof value !== 'object' || value === null) return true;
  const { keys, values } = earlier;
  if (keys === null)
    return !Array.isArray(value) || values.some((one, n) => n >= value.length || lacks(value[n], one));
  return keys.some(
    (key, n) => !Object.hasOwn(value, key) || lacks(value[key as keyof object], values[n] ?? null),
  );
}

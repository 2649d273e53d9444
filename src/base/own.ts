/**
 * Protection against a polluted `Object.prototype` (a hole in another library): an inherited value must not count as a
 * login form, a header or an option.
 */

/** Makes objects that inherit nothing. A constructor, because objects of `Object.create(null)` are slow. */
const Bare = function Bare() {} as unknown as new () => object;
Bare.prototype = Object.create(null);

/** A copy that has only the object's own fields, and inherits none. */
export function bare<T extends object>(fields: T): T {
  return Object.assign(new Bare(), fields) as T;
}

/** A property of the object itself or of its class; undefined if it comes from `Object.prototype`. */
export function own<T extends object, K extends keyof T>(object: T, key: K): T[K] | undefined {
  const value = object[key];
  // Most fields are absent, or the object's own, and then the prototype need not be asked.
  if (value === undefined || Object.hasOwn(object, key)) return value;
  return Object.hasOwn(Object.prototype, key) ? undefined : value;
}

/** A copy that has only these properties of an object, each as `own` returns it. */
export function ownOf<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> {
  const fields = new Bare() as Pick<T, K>;
  for (const key of keys) {
    const value = own(object, key);
    if (value !== undefined) fields[key] = value;
  }
  return fields;
}

/**
 * Against an `Object.prototype` that another library's hole has let somebody write on: what is inherited from there was
 * given by nobody, and must not count as a login form, a header or an option.
 */

/** An object without a prototype. Made by a constructor, it stays as fast as any other; `Object.create(null)` does not. */
const Bare = function Bare() {} as unknown as new () => object;
Bare.prototype = Object.create(null);

/** An object with the own fields of this one, and without any other. */
export function bare<T extends object>(fields: T): T {
  return Object.assign(new Bare(), fields) as T;
}

/** A property as it was given: by the object itself or its class, but not by `Object.prototype`. */
export function own<T extends object, K extends keyof T>(object: T, key: K): T[K] | undefined {
  return Object.hasOwn(Object.prototype, key) && !Object.hasOwn(object, key) ? undefined : object[key];
}

/** These properties of an object, each as `own` gives it, and without any other. */
export function ownOf<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> {
  const fields = new Bare() as Pick<T, K>;
  for (const key of keys) {
    const value = own(object, key);
    if (value !== undefined) fields[key] = value;
  }
  return fields;
}

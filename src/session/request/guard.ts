/** Members of express-session's session that ours lacks, each with what to use instead. */
const REMEDIES: Readonly<Record<string, string>> = {
  regenerate:
    'use await session.rotate(); where Passport called it, log in by passport(strategy) in the auth chain, or by visit.logIn(user)',
  touch: 'a session that is used is refreshed by itself',
  cookie: "set its lifetime by the options 'cookieLifetime' and 'anonymousCookieLifetime'",
};

/**
 * The base class of a session. Setting a property on it throws, because only values under keys are saved (spec 5).
 */
export class Guarded {}

// The proxy stands at the end of the prototype chain: known properties never reach it. It also throws in sloppy mode.
Object.setPrototypeOf(
  Guarded.prototype,
  new Proxy(
    {},
    {
      set: (_target, property) => refuseProperty(property),
      get(target, property, receiver) {
        const remedy = Object.hasOwn(REMEDIES, property) ? REMEDIES[property as string] : undefined;
        if (remedy === undefined) return Reflect.get(target, property, receiver);
        throw new TypeError(`session.${String(property)} is express-session's: ${remedy}`);
      },
    },
  ),
);

/** Makes every assignment to a method or property of this prototype throw. */
export function refuseOverwriting(prototype: object): void {
  for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    Object.defineProperty(prototype, name, {
      get: get ?? (() => value),
      set: () => refuseProperty(name),
      enumerable: false,
      configurable: true,
    });
  }
}

/** @throws TypeError if the argument is a callback: the method returns a promise and would never call it */
export function refuseCallback(method: string, argument: unknown): void {
  if (typeof argument !== 'function') return;
  throw new TypeError(
    `session.${method}() takes no callback, it returns a promise: await session.${method}(); ` +
      "for Passport's login and logout, put passport(strategy) into the auth chain, or call visit.logIn(user) and visit.logOut()",
  );
}

function refuseProperty(property: string | symbol): never {
  const key = typeof property === 'string' ? JSON.stringify(property) : String(property);
  throw new TypeError(
    `a session keeps values, not properties, and ${key} would be lost: session.set(${key}, value)`,
  );
}

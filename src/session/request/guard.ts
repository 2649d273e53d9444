/** What express-session has and this session has not, with what to call instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  regenerate:
    'use await session.rotate(); where Passport called it, log in by passport(strategy) in the auth chain',
  reload: 'a session is loaded at the start of each request; use await session.update(key, fn)',
  touch: 'a session that is used is refreshed by itself',
  cookie: "set its lifetime by the options 'cookieLifetime' and 'anonymousCookieLifetime'",
};

/** An object with values under keys: to set a property of it is a mistake that must not go unnoticed (spec 5). */
export class Guarded {}

// At the end of the prototype chain it hears of unknown properties alone, in sloppy code too. All else costs nothing.
Object.setPrototypeOf(
  Guarded.prototype,
  new Proxy(
    {},
    {
      set: (_target, property) => refuseProperty(property),
      get(target, property, receiver) {
        const remedy = Object.hasOwn(ELSEWHERE, property) ? ELSEWHERE[property as string] : undefined;
        if (remedy === undefined) return Reflect.get(target, property, receiver);
        throw new TypeError(`session.${String(property)} is express-session's: ${remedy}`);
      },
    },
  ),
);

/** Has the methods and properties of a class refuse to be overwritten as well. */
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

/** @throws TypeError when a method that returns a promise is given a callback, which would never be called */
export function refuseCallback(method: string, argument: unknown): void {
  if (typeof argument !== 'function') return;
  throw new TypeError(
    `session.${method}() takes no callback, it returns a promise: await session.${method}(); ` +
      "for Passport's login and logout, put passport(strategy) and 'moin_session' into the auth chain",
  );
}

function refuseProperty(property: string | symbol): never {
  const key = typeof property === 'string' ? JSON.stringify(property) : String(property);
  throw new TypeError(
    `a session keeps values, not properties, and ${key} would be lost: session.set(${key}, value)`,
  );
}

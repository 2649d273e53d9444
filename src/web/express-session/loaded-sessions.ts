import type { Base } from './session-records.js';

/** Which session objects came from the store, and what they were then. Holds none of them in memory. */
export class LoadedSessions {
  readonly #bases = new WeakMap<object, Base>();
  readonly #parts = new WeakSet<object>();

  /** @param session a session, or its data, as a request holds it */
  add(session: object, base: Base): void {
    this.#bases.set(session, base);
    for (const part of Object.values(session)) if (isObject(part)) this.#parts.add(part);
  }

  /** Undefined for a session that was not loaded from the store. */
  baseOf(session: object): Base | undefined {
    return this.#bases.get(session);
  }

  /**
   * Whether a new object holds an object of a loaded session. express-openid-connect saves so: each time a new object around
   * the data that it loaded.
   */
  hasPartOf(session: object): boolean {
    return Object.values(session).some((part) => isObject(part) && this.#parts.has(part));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

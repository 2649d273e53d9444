import { isJsonObject, type Json } from '../../base/json.js';
import { isList, isSame, ownValue } from './merge.js';
import type { Orphan } from './orphans.js';
import { partnersOf } from './pairing.js';

/**
 * Changes held values in place until they equal the wanted ones: objects and lists that the application holds stay
 * part of its session. `partnersOf` pairs the elements of lists. A part becomes an `Orphan` if it was removed, is frozen or given, or
 * stands in two places that must differ now.
 */
export class Reconciler {
  readonly orphans: Orphan[] = [];
  readonly #claimed = new Set<object>();
  readonly #given: WeakSet<object> | null;

  /** @param given objects of the application's own, which must not be changed */
  constructor(given: WeakSet<object> | null) {
    this.#given = given;
  }

  /** @returns `held`, if it could be made equal to `wanted`; else `wanted` */
  reconcile(key: string, held: Json | undefined, wanted: Json | undefined, putBack: () => void) {
    if (typeof held !== 'object' || held === null) return wanted;
    if (isSame(held, wanted)) {
      this.#claim(held);
      return held;
    }
    if (isHoldable(held) && !this.#given?.has(held) && !this.#claimed.has(held)) {
      if (isList(held) && isList(wanted)) return this.#list(key, held as Json[], wanted);
      if (isJsonObject(held) && isJsonObject(wanted)) return this.#object(key, held, wanted);
    }
    this.orphans.push({ key, part: held, putBack });
    return wanted;
  }

  #object(key: string, held: { [key: string]: Json }, wanted: { readonly [key: string]: Json }) {
    this.#claimed.add(held);
    const before = Object.keys(held).map((name) => [name, ownValue(held, name)] as const);
    const after = new Map(Object.entries(wanted));
    for (const [name, value] of before) {
      const putBack = () => define(held, name, value as Json);
      const kept = this.reconcile(key, value, after.get(name), putBack);
      if (kept !== undefined) after.set(name, kept);
      delete held[name];
    }
    // Define all keys again: the store keeps their order.
    for (const [name, value] of after) define(held, name, value);
    return held;
  }

  #list(key: string, held: Json[], wanted: readonly Json[]) {
    this.#claimed.add(held);
    const partners = partnersOf(held, wanted);
    const now = [...wanted];
    for (const [index, part] of [...held].entries()) {
      const partner = partners.get(index);
      const putBack = () => held.splice(index, 0, part);
      const kept = this.reconcile(key, part, partner === undefined ? undefined : wanted[partner], putBack);
      if (partner !== undefined) now[partner] = kept as Json;
    }
    held.length = 0;
    for (const part of now) held.push(part);
    return held;
  }

  /** Claims a value with all its parts. */
  #claim(value: Json): void {
    if (typeof value !== 'object' || value === null || this.#claimed.has(value)) return;
    this.#claimed.add(value);
    for (const part of Object.values(value)) this.#claim(part);
  }
}

/** Whether the value can be changed in place: it is extensible, and no part of it is read-only. */
function isHoldable(value: object): boolean {
  if (!Object.isExtensible(value)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(({ writable }) => writable);
}

function define(object: object, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

import { isJsonObject, type Json } from '../json.js';
import { isList, isSame, ownValue, spliceBetween } from './merge.js';

/** What the application may still hold of a value, though others removed or replaced it in the session. */
export interface Orphan {
  /** The session key it was under. */
  key: string;
  part: object;
  /** Puts it back where it was: it was changed in place after all, and that is the later save. */
  putBack: () => void;
}

/**
 * Makes held values equal to what they are to be, in place: objects and lists that the application holds stay those of
 * its session. The elements of lists are paired by what they say, or by place. What cannot stay becomes an `Orphan`: it was
 * removed, is frozen, or is the same object as another part that is now different.
 */
export class Reconciler {
  readonly orphans: Orphan[] = [];
  readonly #claimed = new Set<object>();

  /** @returns `held` itself where it can say what `wanted` says, else `wanted` */
  reconcile(key: string, held: Json | undefined, wanted: Json | undefined, putBack: () => void) {
    if (typeof held !== 'object' || held === null) return wanted;
    if (isSame(held, wanted)) {
      this.#claim(held);
      return held;
    }
    if (isHoldable(held) && !this.#claimed.has(held)) {
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
    // All anew, for the order of the keys is part of what is stored.
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

/** Which element of `held`, by index, is which of `wanted`. Those without a partner were removed. */
function partnersOf(held: readonly Json[], wanted: readonly Json[]): Map<number, number> {
  const { at, removed, inserted } = spliceBetween(held, wanted);
  const partners = new Map<number, number>();
  const shift = inserted.length - removed;
  for (const index of held.keys()) {
    if (index < at) partners.set(index, index);
    else if (index >= at + removed || shift === 0) partners.set(index, index + shift);
  }
  if (shift === 0) return partners;
  let next = at;
  for (const [index, value] of inserted.entries()) {
    const best = mostAlike(held.slice(next, at + removed), value);
    if (best === -1) continue;
    partners.set(next + best, at + index);
    next += best + 1;
  }
  return partners;
}

/** The index of the object that has the most texts, numbers, … in common with this one; -1 if none has any. */
function mostAlike(candidates: readonly Json[], value: Json): number {
  let best = -1;
  let most = 0;
  for (const [index, candidate] of candidates.entries()) {
    const count = inCommon(candidate, value);
    if (count <= most) continue;
    best = index;
    most = count;
  }
  return best;
}

function inCommon(one: Json, other: Json): number {
  if (!isJsonObject(one) || !isJsonObject(other)) return 0;
  return Object.keys(one).filter((key) => typeof one[key] !== 'object' && one[key] === ownValue(other, key))
    .length;
}

/** Whether it can be changed in place: not frozen, nor sealed, nor read-only in parts. */
function isHoldable(value: object): boolean {
  if (!Object.isExtensible(value)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(({ writable }) => writable);
}

function define(object: object, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

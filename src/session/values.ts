import { assertJson, type Json, type JsonObject } from '../json.js';
import type { SessionIterator } from './session.js';

/** What a request did to the values: by key, a copy of the new value, or undefined where it was removed. */
export type Changes = ReadonlyMap<string, Json | undefined>;

/** Most requests touch nothing. */
const NOTHING: ReadonlyMap<string, undefined> = new Map();

/** Makes a key's new value of its present one, atomically. */
export interface Step {
  key: string;
  take: (current: Json | undefined) => Json;
}

/**
 * The values of a session, and what became of them since they were loaded. A key is compared with what it was
 * when it was first touched: so a value that was read and changed in place counts as changed, and one that was
 * set to what it had been does not.
 */
export class Values {
  #current: Map<string, Json>;
  /** The JSON of each touched key as the store has it; undefined: it has none. */
  #originals: Map<string, string | undefined> | null = null;
  /** The JSON of each touched key when `changes` was last asked: what a save under way is writing. */
  #sent: ReadonlyMap<string, string | undefined> = NOTHING;

  constructor(data: JsonObject = {}) {
    this.#current = new Map(Object.entries(data));
  }

  get size(): number {
    return this.#current.size;
  }

  has(key: string): boolean {
    return this.#current.has(key);
  }

  get(key: string): Json | undefined {
    const value = this.#current.get(key);
    if (typeof value === 'object' && value !== null) this.#touch(key);
    return value;
  }

  set(key: string, value: Json): void {
    if (typeof key !== 'string') throw new TypeError(`a session key is a string, not ${typeof key}`);
    assertJson(key, value);
    this.#touch(key);
    this.#current.set(key, value);
  }

  delete(key: string): boolean {
    if (!this.#current.has(key)) return false;
    this.#touch(key);
    return this.#current.delete(key);
  }

  clear(): void {
    for (const key of this.#current.keys()) this.#touch(key);
    this.#current.clear();
  }

  keys(): SessionIterator<string> {
    return this.#current.keys();
  }

  /** All of them, each now under watch for changes in place. */
  live(): Map<string, Json> {
    for (const key of this.#current.keys()) this.get(key);
    return this.#current;
  }

  /** @throws TypeError naming the key, when a value was changed in place into something that is not JSON. */
  changes(): Changes {
    const originals = this.#originals;
    if (originals === null) return NOTHING;
    this.#sent = new Map([...originals.keys()].map((key) => [key, this.#text(key)]));
    const changes = new Map<string, Json | undefined>();
    for (const [key, text] of this.#sent) {
      if (text !== originals.get(key)) changes.set(key, text === undefined ? undefined : JSON.parse(text));
    }
    return changes;
  }

  /**
   * Takes over what the store has after a save. A key changed again while the save was under way stays changed;
   * a value that the request holds on to stays the very same object as long as it says the same; all else becomes
   * what other requests made of it.
   */
  rebase(saved: JsonObject): void {
    const mine = this.#current;
    const touched = new Map(
      [...(this.#originals ?? [])].map(([key, original]) => [key, this.#changedSince(key, original)]),
    );
    this.#current = new Map(Object.entries(saved));
    this.#originals = null;
    for (const [key, changedAgain] of touched) {
      const value = mine.get(key);
      this.#touch(key);
      if (changedAgain) this.#restore(key, value);
      else if (value !== undefined && JSON.stringify(value) === this.#original(key))
        this.#current.set(key, value);
    }
  }

  #changedSince(key: string, original: string | undefined): boolean {
    return this.#text(key) !== (this.#sent.has(key) ? this.#sent.get(key) : original);
  }

  #restore(key: string, value: Json | undefined): void {
    if (value === undefined) this.#current.delete(key);
    else this.#current.set(key, value);
  }

  #original(key: string): string | undefined {
    return this.#originals?.get(key);
  }

  #touch(key: string): void {
    this.#originals ??= new Map();
    if (!this.#originals.has(key)) this.#originals.set(key, this.#text(key));
  }

  #text(key: string): string | undefined {
    const value = this.#current.get(key);
    if (value === undefined) return undefined;
    assertJson(key, value);
    return JSON.stringify(value);
  }
}

/** `data` with changes made to it, as a new object in which every key is data, `__proto__` too. */
export function applyChanges(data: JsonObject, changes: Changes): JsonObject {
  const merged = new Map(Object.entries(data));
  for (const [key, value] of changes) {
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** @throws TypeError naming the key, when the step gives what is not JSON. */
export function applyStep(data: JsonObject, { key, take }: Step): JsonObject {
  const values = new Values(data);
  values.set(key, take(values.get(key)));
  return applyChanges(data, values.changes());
}

/** What was done to `before` to make `after` of it. */
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

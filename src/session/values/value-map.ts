import { assertJson, type Json, type JsonObject } from '../../base/json.js';
import type { SessionIterator } from '../session.js';
import { Assignments } from './assignments.js';
import { Orphans } from './orphans.js';
import { StoredValue } from './stored-value.js';

/**
 * The values of a session, as the application reads and changes them. It remembers what the store had of a key at the
 * first touch, and which keys were assigned when: `Values` finds the changes by these.
 */
export class ValueMap {
  /**
   * What was loaded, with other values in the places of some, while nothing needs more of it: most requests make no `Map`.
   * Null: `#data` has the values.
   */
  #loaded: JsonObject | null;
  /** Whether `#loaded` is a copy, which may be changed. */
  #isCopy = false;
  #data: Map<string, Json> | null = null;
  /** What the store has of each touched key. */
  protected originals: Map<string, StoredValue> | null = null;
  protected readonly assignments = new Assignments();
  protected readonly orphans = new Orphans();
  /**
   * The objects that the application has set; null before the first one. They may be its own constants, so nothing is changed
   * in them.
   */
  protected given: WeakSet<object> | null = null;

  constructor(data: JsonObject = {}) {
    this.#loaded = data;
  }

  /** Takes these values in place of all. The object stays as it is. */
  protected load(data: JsonObject): void {
    this.#loaded = data;
    this.#isCopy = false;
    this.#data = null;
  }

  get #map(): Map<string, Json> {
    this.#data ??= new Map(Object.entries(this.#loaded ?? {}));
    this.#loaded = null;
    return this.#data;
  }

  get size(): number {
    this.orphans.putBackChanged();
    return this.#loaded === null ? this.#map.size : Object.keys(this.#loaded).length;
  }

  has(key: string): boolean {
    this.orphans.putBackChanged();
    return this.#loaded === null ? this.#map.has(key) : isOwnKey(this.#loaded, key);
  }

  /** The application's own copy of the value, the same one each time. */
  get(key: string): Json | undefined {
    this.orphans.putBackChanged();
    const value = this.held(key);
    if (typeof value !== 'object' || value === null || this.originals?.has(key)) return value;
    // A copy, because the application must not change the loaded record.
    const own: Json = JSON.parse(this.#touch(key).text as string);
    this.put(key, own);
    return own;
  }

  /** The value itself, without a copy, and before changes of orphans. */
  protected held(key: string): Json | undefined {
    if (this.#loaded === null) return this.#map.get(key);
    return isOwnKey(this.#loaded, key) ? this.#loaded[key] : undefined;
  }

  /** Gives a key this value: in its place, or as the last one. */
  protected put(key: string, value: Json): void {
    const loaded = this.#loaded;
    if (loaded === null || !isOwnKey(loaded, key)) {
      this.#map.set(key, value);
    } else if (loaded[key] !== value) {
      const copy: { [key: string]: Json } = this.#isCopy ? loaded : { ...loaded };
      copy[key] = value;
      this.#loaded = copy;
      this.#isCopy = true;
    }
  }

  protected remove(key: string): void {
    if (this.held(key) !== undefined) this.#map.delete(key);
  }

  set(key: string, value: Json): void {
    if (typeof key !== 'string') throw new TypeError(`a session key is a string, not ${typeof key}`);
    assertJson(key, value);
    this.#touch(key);
    if (value !== this.held(key)) this.#noteAssignment(key);
    if (typeof value === 'object' && value !== null) {
      this.given ??= new WeakSet();
      this.given.add(value);
    }
    this.put(key, value);
  }

  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.#touch(key);
    this.#noteAssignment(key);
    return this.#map.delete(key);
  }

  /** Removes a key and returns its value. */
  take(key: string): Json | undefined {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  clear(): void {
    for (const key of [...this.keys()]) this.delete(key);
    this.orphans.forgetAll();
  }

  keys(): SessionIterator<string> {
    this.orphans.putBackChanged();
    return this.#map.keys();
  }

  /** All values, each touched from now on, so that changes in place are found. */
  live(): Map<string, Json> {
    for (const key of this.keys()) this.get(key);
    return this.#map;
  }

  /** Notes that the application has replaced or removed the value of this key. */
  #noteAssignment(key: string): void {
    this.assignments.note(key);
    this.orphans.forget(key);
  }

  /** Marks a key as touched, and returns what the store has of it. */
  #touch(key: string): StoredValue {
    this.originals ??= new Map();
    const known = this.originals.get(key);
    if (known !== undefined) return known;
    const stored = new StoredValue(this.held(key));
    this.originals.set(key, stored);
    return stored;
  }
}

/** As `Map` has it: a number is no key. */
function isOwnKey(object: JsonObject, key: unknown): boolean {
  return typeof key === 'string' && Object.hasOwn(object, key);
}

import { assertJson, type Json, type JsonObject } from '../../base/json.js';
import type { SessionIterator } from '../session.js';
import { Assignments } from './assignments.js';
import { Orphans } from './orphans.js';

/**
 * The values of a session, as the application reads and changes them. It remembers the text of a key at the first touch, and
 * which keys were assigned when: `Values` finds the changes by these.
 */
export class ValueMap {
  /** What was loaded, while nothing needs more of it than single values: most requests make no `Map`. */
  #loaded: JsonObject | null;
  #data: Map<string, Json> | null = null;
  /** The JSON text that the store has of each touched key; undefined for a key that the store lacks. */
  protected originals: Map<string, string | undefined> | null = null;
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

  protected get data(): Map<string, Json> {
    this.#data ??= new Map(Object.entries(this.#loaded ?? {}));
    this.#loaded = null;
    return this.#data;
  }

  protected set data(data: Map<string, Json>) {
    this.#data = data;
    this.#loaded = null;
  }

  get size(): number {
    return this.#loaded === null ? this.current.size : Object.keys(this.#loaded).length;
  }

  has(key: string): boolean {
    if (this.#loaded === null || typeof key !== 'string') return this.current.has(key);
    return Object.hasOwn(this.#loaded, key);
  }

  /** The application's own copy of the value, the same one each time. */
  get(key: string): Json | undefined {
    const value = this.#peek(key);
    if (typeof value !== 'object' || value === null || this.originals?.has(key)) return value;
    // A copy, because the application must not change the loaded record.
    const own: Json = JSON.parse(this.touch(key) as string);
    this.data.set(key, own);
    return own;
  }

  /** The value itself, without a copy. */
  #peek(key: string): Json | undefined {
    if (this.#loaded === null || typeof key !== 'string') return this.current.get(key);
    return Object.hasOwn(this.#loaded, key) ? this.#loaded[key] : undefined;
  }

  set(key: string, value: Json): void {
    if (typeof key !== 'string') throw new TypeError(`a session key is a string, not ${typeof key}`);
    assertJson(key, value);
    this.touch(key);
    if (value !== this.data.get(key)) this.#noteAssignment(key);
    if (typeof value === 'object' && value !== null) {
      this.given ??= new WeakSet();
      this.given.add(value);
    }
    this.data.set(key, value);
  }

  delete(key: string): boolean {
    if (!this.current.has(key)) return false;
    this.touch(key);
    this.#noteAssignment(key);
    return this.data.delete(key);
  }

  /** Removes a key and returns its value. */
  take(key: string): Json | undefined {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  clear(): void {
    for (const key of [...this.current.keys()]) this.delete(key);
    this.orphans.forgetAll();
  }

  keys(): SessionIterator<string> {
    return this.current.keys();
  }

  /** All values, each touched from now on, so that changes in place are found. */
  live(): Map<string, Json> {
    for (const key of this.current.keys()) this.get(key);
    return this.data;
  }

  /** The values after all changes that the application made to orphans. */
  protected get current(): Map<string, Json> {
    this.orphans.putBackChanged();
    return this.data;
  }

  /** Notes that the application has replaced or removed the value of this key. */
  #noteAssignment(key: string): void {
    this.assignments.note(key);
    this.orphans.forget(key);
  }

  /** Marks a key as touched, and returns the text that the store has of it. */
  protected touch(key: string): string | undefined {
    this.originals ??= new Map();
    if (!this.originals.has(key)) this.originals.set(key, this.text(key));
    return this.originals.get(key);
  }

  protected text(key: string): string | undefined {
    const value = this.data.get(key);
    if (value === undefined) return undefined;
    assertJson(key, value);
    return JSON.stringify(value);
  }
}

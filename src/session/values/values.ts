import { assertJson, type Json, type JsonObject } from '../../base/json.js';
import type { SessionIterator } from '../session.js';
import type { Snapshot } from './changes.js';
import { parsed } from './json-text.js';
import { Orphans } from './orphans.js';
import { rebaseKeys } from './rebase.js';

/** Shared by all sessions, because most requests touch nothing. */
const NOTHING: ReadonlyMap<string, undefined> = new Map();
const UNTOUCHED: Snapshot = { changes: NOTHING, texts: NOTHING, assignments: 0 };

/**
 * The values of a session, and their changes since they were loaded. A touched key is compared with its text at the
 * first touch: a value that was read and changed in place counts as changed; one that was set to its old content does
 * not.
 */
export class Values {
  #data: Map<string, Json>;
  /** The JSON text that the store has of each touched key; undefined for a key that the store lacks. */
  #originals: Map<string, string | undefined> | null = null;
  #assignments = 0;
  /** The number of assignments that the last rebase took as saved. */
  #savedAssignments = 0;
  /** By key, the number of the assignment that last gave it another value or removed it. */
  readonly #assigned = new Map<string, number>();
  readonly #orphans = new Orphans();
  /** The objects that the application has set. They may be its own constants, so nothing is changed in them. */
  readonly #given = new WeakSet<object>();

  constructor(data: JsonObject = {}) {
    this.#data = new Map(Object.entries(data));
  }

  get size(): number {
    return this.#current.size;
  }

  has(key: string): boolean {
    return this.#current.has(key);
  }

  /** The application's own copy of the value, the same one each time. */
  get(key: string): Json | undefined {
    const value = this.#current.get(key);
    if (typeof value !== 'object' || value === null || this.#originals?.has(key)) return value;
    // A copy, because the application must not change the loaded record.
    const own: Json = JSON.parse(this.#touch(key) as string);
    this.#data.set(key, own);
    return own;
  }

  set(key: string, value: Json): void {
    if (typeof key !== 'string') throw new TypeError(`a session key is a string, not ${typeof key}`);
    assertJson(key, value);
    this.#touch(key);
    if (value !== this.#data.get(key)) this.#noteAssignment(key);
    if (typeof value === 'object' && value !== null) this.#given.add(value);
    this.#data.set(key, value);
  }

  delete(key: string): boolean {
    if (!this.#current.has(key)) return false;
    this.#touch(key);
    this.#noteAssignment(key);
    return this.#data.delete(key);
  }

  /** Removes a key and returns its value. */
  take(key: string): Json | undefined {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  clear(): void {
    for (const key of [...this.#current.keys()]) this.delete(key);
    this.#orphans.forgetAll();
  }

  keys(): SessionIterator<string> {
    return this.#current.keys();
  }

  /** All values, each touched from now on, so that changes in place are found. */
  live(): Map<string, Json> {
    for (const key of this.#current.keys()) this.get(key);
    return this.#data;
  }

  /**
   * Returns what a save has to write.
   * @param leave keys to remove from the store, except those that have a value here
   * @throws TypeError naming the key of a value that is not JSON any more
   */
  snapshot(leave: readonly string[] = []): Snapshot {
    const removed = leave.filter((key) => !this.has(key)).map((key) => [key, undefined] as const);
    const originals = this.#originals;
    if (originals === null) {
      const isUnchanged = removed.length === 0 && this.#assignments === 0;
      return isUnchanged
        ? UNTOUCHED
        : { changes: new Map(removed), texts: NOTHING, assignments: this.#assignments };
    }
    this.#orphans.putBackChanged();
    const texts = new Map([...originals.keys()].map((key) => [key, this.#text(key)]));
    const changes = new Map<string, Json | undefined>(removed);
    for (const [key, text] of texts) {
      if (text !== originals.get(key)) changes.set(key, parsed(text));
    }
    return { changes, texts, assignments: this.#assignments };
  }

  /** A snapshot that sends nothing: a rebase on it keeps all unsaved changes on top of what the store has. */
  unsent(): Snapshot {
    return { ...UNTOUCHED, assignments: this.#savedAssignments };
  }

  /** Drops these keys before the rebase on a snapshot whose save removed them, except those that were assigned since. */
  forget(keys: readonly string[], { assignments }: Snapshot): void {
    for (const key of keys) {
      if ((this.#assigned.get(key) ?? 0) > assignments) continue;
      this.#orphans.forget(key);
      this.#data.delete(key);
    }
  }

  /**
   * Takes over the data that the store has after the save of a snapshot. Objects that the application got from the session
   * stay part of it: the changes of other requests are made in them in place. Of objects that it has set, the session then
   * holds a copy. Changes made during the save stay.
   */
  rebase(saved: JsonObject, snapshot: Snapshot): void {
    const mine = this.#current;
    const touched = this.#originals ?? NOTHING;
    this.#savedAssignments = snapshot.assignments;
    this.#data = new Map(Object.entries(saved));
    this.#originals = null;
    const keys = [...touched].map(([key, original]) => ({
      key,
      held: mine.get(key),
      sent: snapshot.texts.has(key) ? snapshot.texts.get(key) : original,
      theirs: this.#touch(key),
      isAssigned: (this.#assigned.get(key) ?? 0) > snapshot.assignments,
    }));
    this.#orphans.watch(rebaseKeys(keys, this.#given, (key, value) => this.#put(key, value)));
  }

  /** Forgets the values and all changes, as if the store had been empty. */
  reset(): void {
    this.clear();
    this.#originals = null;
    this.#assigned.clear();
  }

  /** The values after all changes that the application made to orphans. */
  get #current(): Map<string, Json> {
    this.#orphans.putBackChanged();
    return this.#data;
  }

  #put(key: string, value: Json | undefined): void {
    if (value === undefined) this.#data.delete(key);
    else this.#data.set(key, value);
  }

  /** Notes that the application has replaced or removed the value of this key. */
  #noteAssignment(key: string): void {
    this.#assigned.set(key, ++this.#assignments);
    this.#orphans.forget(key);
  }

  /** Marks a key as touched, and returns the text that the store has of it. */
  #touch(key: string): string | undefined {
    this.#originals ??= new Map();
    if (!this.#originals.has(key)) this.#originals.set(key, this.#text(key));
    return this.#originals.get(key);
  }

  #text(key: string): string | undefined {
    const value = this.#data.get(key);
    if (value === undefined) return undefined;
    assertJson(key, value);
    return JSON.stringify(value);
  }
}

/** @throws TypeError unless these are names of session keys */
export function assertKeys(name: string, keys: unknown): asserts keys is readonly string[] {
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return;
  throw new TypeError(`${name} must be a list of session keys: ['csrf']`);
}

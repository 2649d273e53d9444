import { assertJson, isJson, type Json, type JsonObject } from '../../base/json.js';
import type { SessionIterator } from '../session.js';
import { isSame, merge } from './merge.js';
import { type Orphan, Reconciler } from './reconcile.js';

/** What a request did to the values: by key, a copy of the new value, or undefined where it was removed. */
export type Changes = ReadonlyMap<string, Json | undefined>;

/** Makes a key's new value of its present one, atomically. */
export interface Step {
  key: string;
  take: (current: Json | undefined) => Json;
}

/** Most requests touch nothing. */
const NOTHING: ReadonlyMap<string, undefined> = new Map();

/**
 * The values of a session, and what became of them since they were loaded. A key is compared with what it was
 * when it was first touched: so a value that was read and changed in place counts as changed, and one that was
 * set to what it had been does not.
 */
export class Values {
  #data: Map<string, Json>;
  /** The JSON of each touched key as the store has it; undefined: it has none. */
  #originals: Map<string, string | undefined> | null = null;
  /** The JSON of each touched key when `changes` was last asked: what a save under way is writing. */
  #sent: ReadonlyMap<string, string | undefined> = NOTHING;
  /** The keys that were given another value, or removed, since then. */
  readonly #assigned = new Set<string>();
  /** Under watch: what the application may hold, though it is not in the session any more, with its JSON. */
  #orphans: (Orphan & { text: string | undefined })[] = [];

  constructor(data: JsonObject = {}) {
    this.#data = new Map(Object.entries(data));
  }

  get size(): number {
    return this.#current.size;
  }

  has(key: string): boolean {
    return this.#current.has(key);
  }

  /** Gives the application a value of its own to hold, the same one each time. */
  get(key: string): Json | undefined {
    const value = this.#current.get(key);
    if (typeof value !== 'object' || value === null || this.#originals?.has(key)) return value;
    // A copy, for the loaded record must not change in the application's hands.
    const own: Json = JSON.parse(this.#touch(key) as string);
    this.#data.set(key, own);
    return own;
  }

  set(key: string, value: Json): void {
    if (typeof key !== 'string') throw new TypeError(`a session key is a string, not ${typeof key}`);
    assertJson(key, value);
    this.#touch(key);
    if (value !== this.#data.get(key)) this.#abandon(key);
    this.#data.set(key, value);
  }

  delete(key: string): boolean {
    if (!this.#current.has(key)) return false;
    this.#touch(key);
    this.#abandon(key);
    return this.#data.delete(key);
  }

  clear(): void {
    for (const key of [...this.#current.keys()]) this.delete(key);
    this.#orphans = [];
  }

  keys(): SessionIterator<string> {
    return this.#current.keys();
  }

  /** All of them, each now under watch for changes in place. */
  live(): Map<string, Json> {
    for (const key of this.#current.keys()) this.get(key);
    return this.#data;
  }

  /**
   * @param leave keys to be removed, whatever the store has under them by then, unless they have values here
   * @throws TypeError naming the key, when a value was changed in place into something that is not JSON
   */
  changes(leave: readonly string[] = []): Changes {
    const removed = leave.filter((key) => !this.has(key)).map((key) => [key, undefined] as const);
    const originals = this.#originals;
    if (originals === null) return removed.length === 0 ? NOTHING : new Map(removed);
    this.#putBack();
    this.#assigned.clear();
    this.#sent = new Map([...originals.keys()].map((key) => [key, this.#text(key)]));
    const changes = new Map<string, Json | undefined>(removed);
    for (const [key, text] of this.#sent) {
      if (text !== originals.get(key)) changes.set(key, parsed(text));
    }
    return changes;
  }

  /**
   * Takes over what the store has after a save. What the application holds stays the value of its session: what others
   * changed in it is put into it in place, and what was changed in it while the save was under way stays changed.
   */
  rebase(saved: JsonObject): void {
    const mine = this.#current;
    const touched = this.#originals ?? NOTHING;
    this.#data = new Map(Object.entries(saved));
    this.#originals = null;
    const all = [...touched].map(([key, original]) => {
      const held = mine.get(key);
      return { key, held, wanted: this.#wanted(key, held, original) };
    });
    const reconciler = new Reconciler();
    // Those that stay as they are come first, lest what others changed elsewhere get into them.
    const inOrder = [...all.filter(staysAsItIs), ...all.filter((one) => !staysAsItIs(one))];
    for (const { key, held, wanted } of inOrder) {
      const putBack = () => this.#put(key, held);
      this.#put(key, reconciler.reconcile(key, held, wanted, putBack));
    }
    this.#orphans = [...this.#orphans, ...reconciler.orphans].map((orphan) => ({
      ...orphan,
      text: textOf(orphan.part),
    }));
  }

  /** What a touched key is to hold after a save: what the store has, and what was changed since the save began. */
  #wanted(key: string, held: Json | undefined, original: string | undefined): Json | undefined {
    const theirs = this.#touch(key);
    const sent = this.#sent.has(key) ? this.#sent.get(key) : original;
    if (theirs === sent || this.#assigned.has(key)) return held;
    // What is not JSON any more is reported by the next save.
    if (held !== undefined && textOf(held) === undefined) return held;
    return merge(parsed(textOf(held)), parsed(sent), parsed(theirs));
  }

  get #current(): Map<string, Json> {
    this.#putBack();
    return this.#data;
  }

  /** Puts back what others had removed, where the application has changed it since: that is the later save. */
  #putBack(): void {
    if (this.#orphans.length === 0) return;
    const changed = this.#orphans.filter(({ part, text }) => textOf(part) !== text);
    this.#orphans = this.#orphans.filter((orphan) => !changed.includes(orphan));
    // The older ones first: they may be parts of the younger ones.
    for (const { putBack } of changed) putBack();
  }

  #put(key: string, value: Json | undefined): void {
    if (value === undefined) this.#data.delete(key);
    else this.#data.set(key, value);
  }

  /** The application itself gives up what it held under this key. */
  #abandon(key: string): void {
    this.#assigned.add(key);
    this.#orphans = this.#orphans.filter((orphan) => orphan.key !== key);
  }

  /** The JSON as the store has it. */
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

function staysAsItIs({ held, wanted }: { held: Json | undefined; wanted: Json | undefined }): boolean {
  return isSame(held, wanted);
}

/** Undefined for what is not JSON (any more). */
function textOf(value: unknown): string | undefined {
  return isJson(value) ? JSON.stringify(value) : undefined;
}

function parsed(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : JSON.parse(text);
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

import type { Json, JsonObject } from '../../base/json.js';
import type { Snapshot } from './changes.js';
import { parsed } from './json-text.js';
import { rebaseKeys } from './rebase.js';
import { ValueMap } from './value-map.js';

/** Shared by all sessions, because most requests touch nothing. */
const NOTHING: ReadonlyMap<string, undefined> = new Map();
const UNTOUCHED: Snapshot = { changes: NOTHING, texts: NOTHING, assignments: 0 };

/**
 * The values of a session, and their changes since they were loaded. A touched key is compared with its text at the
 * first touch: a value that was read and changed in place counts as changed; one that was set to its old content does
 * not.
 */
export class Values extends ValueMap {
  /** The number of assignments that the last rebase took as saved. */
  #savedAssignments = 0;

  /**
   * Returns what a save has to write.
   * @param leave keys to remove from the store, except those that have a value here
   * @throws TypeError naming the key of a value that is not JSON any more
   */
  snapshot(leave: readonly string[] = []): Snapshot {
    const originals = this.originals;
    const assignments = this.assignments.count;
    if (originals === null && assignments === 0 && leave.length === 0) return UNTOUCHED;
    const removed = leave.filter((key) => !this.has(key)).map((key) => [key, undefined] as const);
    if (originals === null) return { changes: new Map(removed), texts: NOTHING, assignments };
    this.orphans.putBackChanged();
    const texts = new Map([...originals.keys()].map((key) => [key, this.text(key)]));
    const changes = new Map<string, Json | undefined>(removed);
    for (const [key, text] of texts) {
      if (text !== originals.get(key)) changes.set(key, parsed(text));
    }
    return { changes, texts, assignments };
  }

  /** A snapshot that sends nothing: a rebase on it keeps all unsaved changes on top of what the store has. */
  unsent(): Snapshot {
    return { ...UNTOUCHED, assignments: this.#savedAssignments };
  }

  /** Drops these keys before the rebase on a snapshot whose save removed them, except those that were assigned since. */
  forget(keys: readonly string[], { assignments }: Snapshot): void {
    for (const key of keys) {
      if (this.assignments.isNewer(key, assignments)) continue;
      this.orphans.forget(key);
      this.data.delete(key);
    }
  }

  /**
   * Takes over the data that the store has after the save of a snapshot. Objects that the application got from the session
   * stay part of it: the changes of other requests are made in them in place. Of objects that it has set, the session then
   * holds a copy. Changes made during the save stay.
   */
  rebase(saved: JsonObject, snapshot: Snapshot): void {
    const mine = this.current;
    const touched = this.originals ?? NOTHING;
    this.#savedAssignments = snapshot.assignments;
    this.data = new Map(Object.entries(saved));
    this.originals = null;
    const keys = [...touched].map(([key, original]) => ({
      key,
      held: mine.get(key),
      sent: snapshot.texts.has(key) ? snapshot.texts.get(key) : original,
      theirs: this.touch(key),
      isAssigned: this.assignments.isNewer(key, snapshot.assignments),
    }));
    this.orphans.watch(rebaseKeys(keys, this.given, (key, value) => this.#put(key, value)));
  }

  /** Forgets the values and all changes, as if the store had been empty. */
  reset(): void {
    this.clear();
    this.originals = null;
    this.assignments.forgetAll();
  }

  #put(key: string, value: Json | undefined): void {
    if (value === undefined) this.data.delete(key);
    else this.data.set(key, value);
  }
}

/** @throws TypeError unless these are names of session keys */
export function assertKeys(name: string, keys: unknown): asserts keys is readonly string[] {
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return;
  throw new TypeError(`${name} must be a list of session keys: ['csrf']`);
}

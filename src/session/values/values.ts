import type { Json, JsonObject } from '../../base/json.js';
import type { Snapshot } from './changes.js';
import { ownValue } from './merge.js';
import { rebaseKeys, type TouchedKey } from './rebase.js';
import { StoredValue } from './stored-value.js';
import { ValueMap } from './value-map.js';

/** Shared by all sessions, because most requests touch nothing. */
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();
const UNTOUCHED: Snapshot = { changes: NOTHING, sent: NOTHING, assignments: 0 };

/**
 * The values of a session, and their changes since they were loaded. A touched key is compared with what the store had at
 * its first touch: a value that was read and changed in place counts as changed; one that was set to its old content does
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
    const assignments = this.assignments.count;
    if (this.originals === null && assignments === 0 && leave.length === 0) return UNTOUCHED;
    const removed = leave.filter((key) => !this.has(key)).map((key) => [key, undefined] as const);
    this.orphans.putBackChanged();
    const sent = this.#changed();
    if (sent.size + removed.length === 0) return { ...UNTOUCHED, assignments };
    const changes = new Map<string, Json | undefined>(removed);
    for (const [key, { value }] of sent) changes.set(key, value);
    return { changes, sent, assignments };
  }

  /** The touched keys whose values have changed, with what the store has once these are saved. */
  #changed(): ReadonlyMap<string, StoredValue> {
    let changed: Map<string, StoredValue> | null = null;
    for (const [key, original] of this.originals ?? NOTHING) {
      const stored = original.after(key, this.held(key));
      if (stored === original) continue;
      changed ??= new Map();
      changed.set(key, stored);
    }
    return changed ?? NOTHING;
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
      this.remove(key);
    }
  }

  /**
   * Takes over the data that the store has after the save of a snapshot. Objects that the application got from the session
   * stay part of it: the changes of other requests are made in them in place. Of objects that it has set, the session then
   * holds a copy. Changes made during the save stay.
   */
  rebase(saved: JsonObject, snapshot: Snapshot): void {
    this.orphans.putBackChanged();
    const touched = this.originals ?? NOTHING;
    this.#savedAssignments = snapshot.assignments;
    const keys: TouchedKey[] = [];
    for (const [key, original] of touched) keys.push(this.#afterSave(key, original, saved, snapshot));
    this.load(saved);
    if (keys.length === 0) return;
    this.originals = new Map();
    for (const { key, theirs } of keys) this.originals.set(key, theirs);
    this.orphans.watch(rebaseKeys(keys, this.given, (key, value) => this.#put(key, value)));
  }

  #afterSave(key: string, original: StoredValue, saved: JsonObject, snapshot: Snapshot): TouchedKey {
    const sent = snapshot.sent.get(key) ?? original;
    const value = ownValue(saved, key);
    const theirs = value === sent.value ? sent : new StoredValue(value);
    const isAssigned = this.assignments.isNewer(key, snapshot.assignments);
    return { key, held: this.held(key), sent, theirs, isAssigned };
  }

  /** Forgets the values and all changes, as if the store had been empty. */
  reset(): void {
    this.clear();
    this.originals = null;
    this.assignments.forgetAll();
  }

  #put(key: string, value: Json | undefined): void {
    if (value === undefined) this.remove(key);
    else this.put(key, value);
  }
}

/** @throws TypeError unless these are names of session keys */
export function assertKeys(name: string, keys: unknown): asserts keys is readonly string[] {
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return;
  throw new TypeError(`${name} must be a list of session keys: ['csrf']`);
}

import type { Json } from '../../base/json.js';
import { parsed, textOf } from './json-text.js';
import { isSame, merge } from './merge.js';
import type { Orphan } from './orphans.js';
import { Reconciler } from './reconcile.js';
import type { StoredValue } from './stored-value.js';

/** A touched key after a save. */
export interface TouchedKey {
  key: string;
  /** The value in the session; undefined: none. */
  held: Json | undefined;
  /** What the store had if only this save had written. */
  sent: StoredValue;
  /** What the store has now. */
  theirs: StoredValue;
  /** During the save, the application gave the key another value, or removed it. */
  isAssigned: boolean;
}

/**
 * Calls `put` with the value of each key after a save: what the store has, together with the changes made during the save.
 * @param given objects that must not be changed; null: there are none
 * @returns the parts that had to leave the session, though the application may hold them
 */
export function rebaseKeys(
  keys: readonly TouchedKey[],
  given: WeakSet<object> | null,
  put: (key: string, value: Json | undefined) => void,
): readonly Orphan[] {
  const all = keys.map((touched) => ({ key: touched.key, held: touched.held, wanted: wantedValue(touched) }));
  const unchanged: typeof all = [];
  const changed: typeof all = [];
  for (const one of all) (isSame(one.held, one.wanted) ? unchanged : changed).push(one);
  if (changed.length === 0) {
    for (const { key, held } of all) put(key, held);
    return [];
  }
  const reconciler = new Reconciler(given);
  // Unchanged values first: they keep the objects that they share with values that others changed.
  for (const { key, held, wanted } of [...unchanged, ...changed])
    put(
      key,
      reconciler.reconcile(key, held, wanted, () => put(key, held)),
    );
  return reconciler.orphans;
}

function wantedValue({ held, sent, theirs, isAssigned }: TouchedKey): Json | undefined {
  if (isAssigned || theirs.isSame(sent)) return held;
  const text = textOf(held);
  // The next save reports a value that is not JSON any more.
  if (held !== undefined && text === undefined) return held;
  if (text === sent.text) return parsed(theirs.text);
  return merge(parsed(text), parsed(sent.text), parsed(theirs.text));
}

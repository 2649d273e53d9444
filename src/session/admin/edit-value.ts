import type { Json, JsonObject } from '../../base/json.js';
import type { SessionRecord, SessionStore } from '../../store/contract.js';
import { stateOf } from '../lifecycle/state.js';
import { applyChanges } from '../values/changes.js';

/** What an edit changed; sizes in bytes of JSON, null where there is no value. */
interface Effect {
  outcome: 'changed' | 'unchanged';
  revision: number;
  oldBytes: number | null;
  newBytes: number | null;
}

/** What became of an edit. `over`: the session has ended or expired, so nothing is saved (I2). */
export type Edited = Effect | { outcome: 'over' } | { outcome: 'absent' };

/** What to do with the value under one key. */
export interface Edit {
  key: string;
  /** The new value; undefined removes it. */
  value: Json | undefined;
}

/**
 * Sets or removes one value of a session, as a save of a request does: the other keys stay as they are at that moment, and a request
 * in flight saves its own keys on top (I1). The times of the session do not move. A value that is there already is not written.
 * @throws UnreadableRecordError (I4)
 */
export async function editValue(
  store: SessionStore,
  id: string,
  edit: Edit,
  now: () => number,
): Promise<Edited> {
  const judged: Edited[] = [];
  const saved = await store.update(id, (current) => {
    const result = judge(current, edit, now());
    judged.push(result);
    if (result.outcome !== 'changed') return null;
    return { ...current, data: applyChanges(current.data, new Map([[edit.key, edit.value]])) };
  });
  // A store may ask more than once: the last answer counts.
  const last = judged.at(-1) ?? { outcome: 'absent' };
  return saved === null || last.outcome !== 'changed' ? last : { ...last, revision: saved.revision };
}

/** What an edit would do to this record at `now` (ms). */
export function judge(record: SessionRecord, { key, value }: Edit, now: number): Edited {
  if (stateOf(record, now) === 'expired') return { outcome: 'over' };
  const before = textOf(record.data, key);
  const after = value === undefined ? null : JSON.stringify(value);
  return {
    outcome: before === after ? 'unchanged' : 'changed',
    revision: record.revision,
    oldBytes: before === null ? null : Buffer.byteLength(before),
    newBytes: after === null ? null : Buffer.byteLength(after),
  };
}

function textOf(data: JsonObject, key: string): string | null {
  return Object.hasOwn(data, key) ? JSON.stringify(data[key]) : null;
}

import type { SessionRecord } from '../store/contract.js';
import { told } from './events.js';
import { type Holder, mayHold } from './holder.js';
import { stateOf } from './info.js';
import { type SessionManager, traceOf } from './manager.js';
import { newRecord } from './record.js';
import { applyChanges, type Changes } from './values.js';

/** What a new record replaces, as it was loaded; revision 0 when there was none yet. */
export type Replaced = Pick<SessionRecord, 'id' | 'revision' | 'data'>;

/**
 * Writes the session of a login (S4). The sessions that it replaces or ends go last, so that a login that is refused
 * or fails on the way leaves what was there.
 * @param ended the id of another user's session
 * @returns the record, or null when the user may have no more (S9, `onLimit: 'deny'`)
 */
export async function logIn(
  manager: SessionManager,
  holder: Holder,
  { from, ended }: { from: Replaced | null; ended: string | null },
  changes: Changes,
): Promise<SessionRecord | null> {
  const data = applyChanges(from?.data ?? {}, changes);
  const record = newRecord(holder, data, manager.lifetimes, { now: manager.now() });
  return beside(manager, record, async () => {
    if (!(await manager.limit.makeRoom(record, from?.id))) return null;
    const moved = from && (await retire(manager, from, record, holder, changes));
    if (ended !== null) await manager.end(ended, 'logout');
    if (moved === null) manager.emit('created', told(record));
    return moved ?? record;
  });
}

/**
 * Puts a session under the holder's new token.
 * @param from the old record as it was loaded
 * @returns the new record, or null when the old one was ended meanwhile, or taken over by somebody else
 */
export async function rotate(
  manager: SessionManager,
  from: SessionRecord,
  holder: Holder,
  changes: Changes,
): Promise<SessionRecord | null> {
  const { created } = from;
  const data = applyChanges(from.data, changes);
  const record = newRecord(holder, data, manager.lifetimes, { now: manager.now(), created });
  return beside(manager, record, () => retire(manager, from, record, holder, changes));
}

/** Writes a record beside the one it replaces, and removes it again if the rest fails or comes to nothing. */
async function beside<T>(
  { store }: SessionManager,
  record: SessionRecord,
  rest: () => Promise<T | null>,
): Promise<T | null> {
  try {
    await store.create(record);
    const result = await rest();
    if (result !== null) return result;
  } catch (error) {
    await store.delete(record.id).catch(() => {});
    throw error;
  }
  await store.delete(record.id);
  return null;
}

/** Removes what `record` replaces; what others saved in it meanwhile comes along. Null if there was nothing to remove. */
async function retire(
  manager: SessionManager,
  from: Replaced,
  record: SessionRecord,
  holder: Holder,
  changes: Changes,
): Promise<SessionRecord | null> {
  const { store } = manager;
  const removal = await store.delete(from.id, {
    when: (current) => stateOf(current, manager.now()) !== 'expired' && mayHold(holder, current),
    trace: traceOf('rotated', manager.now()),
  });
  if (!removal.removed) return null;
  manager.emit('rotated', { ...told(record), from: from.id });
  const later = removal.record;
  if (later === null || later.revision === from.revision) return record;
  const merge = (current: SessionRecord) => ({ ...current, data: applyChanges(later.data, changes) });
  return (await store.update(record.id, merge)) ?? record;
}

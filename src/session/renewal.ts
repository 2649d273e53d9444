import type { JsonObject } from '../json.js';
import type { SessionRecord } from '../store/contract.js';
import { told } from './events.js';
import { type Holder, mayHold } from './holder.js';
import { stateOf } from './info.js';
import { type SessionManager, traceOf } from './manager.js';
import { newRecord } from './record.js';
import { applyChanges, type Changes } from './values.js';

/** What a new record replaces, as it was loaded; revision 0 when there was none yet. */
export type Replaced = Pick<SessionRecord, 'id' | 'revision' | 'data'>;

/** What there was before a login: the session that it replaces, and those that it ends. */
export interface Beforehand {
  from: Replaced | null;
  ended: readonly string[];
}

/**
 * Writes the session of a login (S4). The sessions that it replaces or ends go last, so that a login that is refused
 * or fails on the way leaves what was there. What it carries over is what `from` holds as it goes: nothing, if that was
 * ended while the login was under way, or is somebody else's by now (S11).
 * @param ended the ids of other users' sessions
 * @returns the record, or null when the user may have no more (S9, `onLimit: 'deny'`)
 */
export async function logIn(
  manager: SessionManager,
  holder: Holder,
  { from, ended }: Beforehand,
  changes: Changes,
): Promise<SessionRecord | null> {
  const data = applyChanges(from?.data ?? {}, changes);
  const record = newRecord(holder, data, manager.lifetimes, { now: manager.now() });
  return beside(manager, record, async () => {
    if (!(await manager.limit.makeRoom(record, from?.id))) return null;
    const moved = from && (await retire(manager, from, record, holder, changes));
    for (const id of ended) await manager.end(id, 'logout');
    if (moved !== null) return moved;
    manager.emit('created', told(record));
    const carriedOver = Object.keys(from?.data ?? {}).length > 0;
    return carriedOver ? withData(manager, record, applyChanges({}, changes)) : record;
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
  return withData(manager, record, applyChanges(later.data, changes));
}

/** The new record with other data: its token is nobody's yet, so nobody has seen what it held. */
async function withData(
  { store }: SessionManager,
  record: SessionRecord,
  data: JsonObject,
): Promise<SessionRecord> {
  return (await store.update(record.id, (current) => ({ ...current, data }))) ?? { ...record, data };
}

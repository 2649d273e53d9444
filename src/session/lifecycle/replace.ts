import type { JsonObject } from '../../base/json.js';
import type { Removal, SessionOwner, SessionRecord } from '../../store/contract.js';
import { applyChanges, type Changes } from '../values/changes.js';
import { isSame } from '../values/merge.js';
import { tombstoneOf } from './ended.js';
import { eventDetails } from './events.js';
import { mayUse, type SessionIdentity } from './identity.js';
import type { SessionManager } from './manager.js';
import { newRecord } from './record.js';
import { stateOf } from './state.js';

/** The record that a new one replaces, as it was loaded. Revision 0: the store had none. */
export type Replaced = Pick<SessionRecord, 'id' | 'revision' | 'data'>;

/** The sessions that a login supersedes. */
export interface Superseded {
  replaced: Replaced | null;
  /** The ids of the sessions that end: those of other users, and those whose user or auth method is refused. */
  ended: readonly string[];
  /** The session of before a migration that this request can open: if it has been logged out, the login is refused. */
  origin?: string | undefined;
  /** Whether the password that was checked is still the user's. */
  isStillRight: () => Promise<boolean>;
}

/**
 * Why a login was taken back: `denied`, the user may have no more sessions (S9) or has logged out of the session of `origin`;
 * `password-changed`, since it was checked (S4).
 */
export type LoginRefusal = 'denied' | 'password-changed';

export type LoginOutcome = 'accepted' | LoginRefusal;

/**
 * Writes the session of a login (S4). Removes the replaced session last: a login that is refused or fails leaves it
 * as it was. The new session gets the data that the replaced one holds at its removal, but none if that one has ended
 * or belongs to another user by then (S11).
 * @returns the record, or why there is none
 */
export function logIn(
  manager: SessionManager,
  identity: SessionIdentity,
  superseded: Superseded,
  changes: Changes,
): Promise<SessionRecord | LoginRefusal> {
  const userId = (identity.owner as SessionOwner).id;
  return manager.limit.inTurn(userId, () => logInNow(manager, identity, superseded, changes));
}

async function logInNow(
  manager: SessionManager,
  identity: SessionIdentity,
  { replaced, ended, origin, isStillRight }: Superseded,
  changes: Changes,
): Promise<SessionRecord | LoginRefusal> {
  const data = applyChanges(replaced?.data ?? {}, changes);
  const record = newRecord(identity, data, manager.lifetimes, { now: manager.now() });
  return withNewRecord<LoginRefusal>(manager, record, async () => {
    // After the record is written: who changes a password lists the sessions to end only then, so one sees the other.
    if (!(await isStillRight())) return 'password-changed';
    // After the record is written: `endOrigin` leaves its tombstone before it looks for records, so one sees the other.
    if (origin !== undefined && manager.isGone(await manager.tombstone(origin))) return 'denied';
    if (!(await manager.limit.makeRoom(record, replaced?.id))) return 'denied';
    for (const id of ended) await manager.end(id, 'logout');
    const move = replaced && (await removeReplaced(manager, replaced, record, identity, changes));
    if (move?.isDone) return move.record;
    manager.emit('created', eventDetails(record));
    const own = applyChanges({}, changes);
    return move === null || isSame(move.record.data, own) ? record : withData(manager, record, own);
  });
}

/**
 * Moves a session to the identity's new token.
 * @param from the old record as it was loaded
 * @returns the new record, or null when the old session has ended or belongs to another user by then
 */
export async function rotate(
  manager: SessionManager,
  from: SessionRecord,
  identity: SessionIdentity,
  changes: Changes,
): Promise<SessionRecord | null> {
  const { created } = from;
  const data = applyChanges(from.data, changes);
  const record = newRecord(identity, data, manager.lifetimes, { now: manager.now(), created });
  return withNewRecord<null>(manager, record, async () => {
    const move = await removeReplaced(manager, from, record, identity, changes);
    return move.isDone ? move.record : null;
  });
}

/** Writes a new record, and removes it again if `rest` throws or returns no record. */
async function withNewRecord<R extends LoginRefusal | null>(
  { store }: SessionManager,
  record: SessionRecord,
  rest: () => Promise<SessionRecord | R>,
): Promise<SessionRecord | R> {
  let result: SessionRecord | R;
  try {
    await store.create(record);
    result = await rest();
  } catch (error) {
    await store.delete(record.id).catch(() => {});
    throw error;
  }
  if (result === null || typeof result === 'string') await store.delete(record.id);
  return result;
}

/** The outcome of `removeReplaced`. */
interface Move {
  /** Whether the replaced record was removed. */
  isDone: boolean;
  /** The new record as it was last written. */
  record: SessionRecord;
}

/**
 * Removes the record that `record` replaces, as soon as `record` has all its data. Copies the changes that other
 * requests save there meanwhile. Every write that may fail comes before the removal, so a fault loses nothing (I1,
 * I3).
 */
async function removeReplaced(
  manager: SessionManager,
  from: Replaced,
  record: SessionRecord,
  identity: SessionIdentity,
  changes: Changes,
): Promise<Move> {
  const isMovable = (current: SessionRecord) =>
    stateOf(current, manager.now()) !== 'expired' && mayUse(identity, current);
  let copied = from.data;
  let copy = record;
  const isCopied = (current: SessionRecord) => isMovable(current) && isSame(current.data, copied);
  for (;;) {
    const { removed, record: current } = await deleteReplaced(manager, from.id, record.id, isCopied);
    if (removed) break;
    if (current === null || !isMovable(current)) return { isDone: false, record: copy };
    copied = current.data;
    copy = await withData(manager, record, applyChanges(copied, changes));
  }
  manager.emit('rotated', { ...eventDetails(record), from: from.id });
  return { isDone: true, record: copy };
}

/**
 * Deletes the replaced record. When the store fails, the removal may be done all the same: then the tombstone names
 * this successor.
 */
async function deleteReplaced(
  { store, now }: SessionManager,
  id: string,
  successor: string,
  when: (current: SessionRecord) => boolean,
): Promise<Pick<Removal, 'removed' | 'record'>> {
  try {
    return await store.delete(id, { when, tombstone: tombstoneOf('rotated', now(), { successor }) });
  } catch (error) {
    const tombstone = await store.tombstone(id).catch(() => null);
    if (tombstone?.successor !== successor) throw error;
    return { removed: true, record: null };
  }
}

/** The new record with other data. No request can have seen its old data: no browser has its token yet. */
async function withData(
  { store }: SessionManager,
  record: SessionRecord,
  data: JsonObject,
): Promise<SessionRecord> {
  return (await store.update(record.id, (current) => ({ ...current, data }))) ?? { ...record, data };
}

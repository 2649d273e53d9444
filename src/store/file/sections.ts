import { StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import type { SessionOwner, SessionRecord } from '../contract.js';
import { lockSlot } from './layout.js';
import { compactIfDoubled } from './list-compaction.js';
import type { FileParts } from './parts.js';
import { updateRecord } from './write-record.js';

type Change = (current: SessionRecord) => SessionRecord | null;

/** Runs `section` while no other section changes this session or, with `list`, the list of that user's sessions. */
export async function exclusively<T>(
  parts: FileParts,
  id: string,
  section: () => T,
  list: SessionOwner | null = null,
): Promise<T> {
  const { index, locks } = parts;
  const slots = list === null ? lockSlot(id) : [lockSlot(id), index.listOf(list.id).slot];
  return locks.exclusive(slots, () => changing(parts, id, section));
}

/**
 * Takes the session's lock; the list's lock only when the session is not in its user's list:
 *
 *     lock session          read the record, change it; is it listed?  yes: write the record, done
 *       |                                                              no:  write nothing
 *     lock session + list   read and change it again; same user?       yes: list it, write the record
 *       |                                                              no:  again, with the new user's list
 *     lock list             compact the list, if it has doubled
 *
 * A section takes all its locks at once or none, and waits without any. So no order of locks can cause a deadlock.
 */
export async function update(parts: FileParts, id: string, change: Change): Promise<SessionRecord | null> {
  const attempt = (list: SessionOwner | null) =>
    exclusively(parts, id, () => updateRecord(parts, id, change, { lockedList: list }), list);
  let outcome = await attempt(null);
  if (outcome.status === 'done') return outcome.record;
  while (outcome.status === 'unlisted') outcome = await attempt(outcome.user);
  if (outcome.record !== null) await compactListOf(parts, outcome.record);
  return outcome.record;
}

/** The first of the sections of `update`, in this turn. `'busy'` when it cannot be, or is not all: nothing is written then. */
export function updateNow(parts: FileParts, id: string, change: Change): SessionRecord | null | 'busy' {
  const section = () => changing(parts, id, () => updateRecord(parts, id, change, { isShared: true }));
  const run = parts.locks.attempt(lockSlot(id), section);
  return run?.result.status === 'done' ? run.result.record : 'busy';
}

/**
 * Compacts the list that has just got a session. Ignores a `StoreError`: the session is listed, and a later call
 * compacts.
 */
export async function compactListOf(parts: FileParts, { user, seen }: SessionRecord): Promise<void> {
  if (user === null) return;
  try {
    await compactIfDoubled(parts, user.id, seen);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

function changing<T>({ layout }: FileParts, id: string, section: () => T): T {
  return withRemedy(`cannot change session ${id} in ${layout.root}`, section);
}

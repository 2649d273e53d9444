import { isDenied, UnreadableRecordError } from '../../base/errors.js';
import type { SessionOwner, SessionRecord } from '../contract.js';
import { type Storable, storable, storableItself } from '../record.js';
import type { FileParts } from './parts.js';
import type { UserIndex } from './user-index.js';

/** The caller holds the locks of the session, and of its user's list. */
export function createRecord(
  { index, records, tombstones }: FileParts,
  stored: Storable,
): 'created' | 'exists' | 'gone' {
  const { id, seen, user } = stored.record;
  // The tombstone decides first: a process killed after writing one has ended the session, whose record may remain.
  const tombstone = tombstones.read(id);
  if (tombstone !== null && tombstone.until > seen) return 'gone';
  if (records.exists(id)) return 'exists';
  if (tombstone !== null) tombstones.remove(id);
  index.add(user, id);
  records.create(stored);
  return 'created';
}

/** `unlisted`: nothing is written, because `user`'s list must be written too, and its lock is not held. */
export type UpdateOutcome =
  | { status: 'done'; record: SessionRecord | null }
  | { status: 'unlisted'; user: SessionOwner };

const UNCHANGED: UpdateOutcome = { status: 'done', record: null };

/**
 * Replaces a record. The caller holds the session's lock.
 * @param lockedList the user whose list's lock the caller holds too; null for none
 * @param isShared `change` gets a frozen record, and what it returns is kept as it is; else both are the caller's own
 */
export function updateRecord(
  parts: FileParts,
  id: string,
  change: (current: SessionRecord) => SessionRecord | null,
  { lockedList = null, isShared = false }: { lockedList?: SessionOwner | null; isShared?: boolean },
): UpdateOutcome {
  const { index, records, tombstones } = parts;
  if (tombstones.exists(id)) return UNCHANGED;
  let outcome = UNCHANGED;
  const edit = (current: SessionRecord) => {
    const { revision, user } = current;
    const next = change(current);
    if (next === null) return null;
    const checked = isShared ? storableItself : storable;
    const stored = checked(id, { ...next, revision: revision + 1 });
    const { record } = stored;
    // A new owner is listed in any case: a compaction may be dropping an older entry of theirs right now.
    if (record.user !== null && (record.user.id !== user?.id || !isListed(index, record, record.user))) {
      if (lockedList?.id !== record.user.id) {
        outcome = { status: 'unlisted', user: record.user };
        return null;
      }
      index.add(record.user, id);
    }
    outcome = { status: 'done', record };
    return stored;
  };
  records.update(id, edit, isShared);
  return outcome;
}

/**
 * Whether a record needs no further line in its user's list. One that ends needs none where the list may not be read: it counts to no
 * limit (S9), opens no more (I2), and a line only leads to what is to be ended.
 */
function isListed(index: UserIndex, { id, ended }: SessionRecord, user: SessionOwner): boolean {
  try {
    return index.has(user, id);
  } catch (error) {
    if (ended !== null && isDenied(error)) return true;
    throw error;
  }
}

/**
 * The record that a request may open; null while there is a tombstone, even if a record was put back or repaired. Reads the
 * record before it looks for a tombstone: what it read of a file that was turned into one meanwhile does not count.
 * @param isShared the record is frozen, and shared with others; else it is the caller's own
 */
export function currentRecord(
  { records, tombstones }: FileParts,
  id: string,
  isShared: boolean,
): SessionRecord | null {
  try {
    const record = records.read(id, isShared);
    return record === null || tombstones.exists(id) ? null : record;
  } catch (error) {
    if (error instanceof UnreadableRecordError && tombstones.exists(id)) return null;
    throw error;
  }
}

import type { DeleteOptions, Removal, Tombstone } from '../contract.js';
import type { FileParts } from './parts.js';

/** Removes a record as the options say. The caller holds the session's lock. */
export function deleteRecord(
  parts: FileParts,
  id: string,
  { when, tombstone, keepUnreadable }: DeleteOptions,
): Removal {
  const { records, tombstones } = parts;
  const entry = records.entry(id);
  if (entry === null) {
    // A tombstone that names a successor stays: it says more than the new one.
    if (tombstone !== undefined && tombstones.read(id)?.successor === undefined)
      endSession(parts, id, tombstone);
    return { removed: false, record: null, bytes: 0 };
  }
  const { record, bytes } = entry;
  if (when !== undefined && (record === null || !when(record))) {
    if (record !== null) records.correctMtime(record);
    return { removed: false, record, bytes };
  }
  if (keepUnreadable && record === null) {
    if (tombstone !== undefined) tombstones.write(id, tombstone);
    return { removed: false, record, bytes };
  }
  const removed = tombstone === undefined ? records.remove(id) : endSession(parts, id, tombstone);
  return { removed, record, bytes };
}

/**
 * Writes the tombstone, then removes the record (I2). When the disk is full, or no file can be opened, removes the record
 * first: a logout must not fail for want of space, and the removal frees some. Other processes may fill that space; an
 * empty tombstone may fit even then. Without any tombstone the session has ended all the same.
 * @throws the error of the write when there was no record to remove: then nothing ended the session
 */
function endSession({ records, tombstones }: FileParts, id: string, tombstone: Tombstone): boolean {
  if (tombstones.tryWrite(id, tombstone) === null) return records.remove(id);
  const removed = records.remove(id);
  const error = tombstones.tryWrite(id, tombstone) && tombstones.tryWriteEmpty(id, tombstone);
  if (error !== null && !removed) throw error;
  return removed;
}

import { READ, WRITE } from '../../disk/open.js';
import type { DeleteOptions, Removal, StoreEntry, Tombstone } from '../contract.js';
import { isDeniedEntry, unreadableError } from '../denied.js';
import type { FileParts } from './parts.js';
import type { RecordFile } from './record-file.js';

/** Removes a record as the options say. The caller holds the session's lock. */
export function deleteRecord(parts: FileParts, id: string, options: DeleteOptions): Removal {
  const { records, tombstones } = parts;
  const { tombstone } = options;
  return records.using(id, tombstone === undefined ? READ : WRITE, (entry, file) => {
    if (entry !== null) return deleteEntry(parts, entry, file, options);
    // A tombstone that names a successor stays: it says more than the new one.
    if (tombstone !== undefined && tombstones.read(id)?.successor === undefined)
      endSession(parts, id, tombstone);
    return { removed: false, record: null, bytes: 0 };
  });
}

function deleteEntry(
  parts: FileParts,
  entry: StoreEntry,
  file: RecordFile,
  { when, tombstone, keepUnreadable }: DeleteOptions,
): Removal {
  const { records, tombstones } = parts;
  const { id, record, bytes } = entry;
  if (when !== undefined && isDeniedEntry(entry)) throw unreadableError(entry);
  if (when !== undefined && (record === null || !when(record))) {
    if (record !== null) records.correctMtime(record);
    return { removed: false, record, bytes };
  }
  if (keepUnreadable && record === null) {
    if (tombstone !== undefined) tombstones.write(id, tombstone);
    return { removed: false, record, bytes };
  }
  if (tombstone === undefined) return { removed: records.remove(id), record, bytes };
  const removed = tombstones.tryTurn(file, id, tombstone) || endSession(parts, id, tombstone);
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

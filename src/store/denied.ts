import { DeniedRecordError, UnreadableRecordError } from '../base/errors.js';
import type { StoreEntry } from './contract.js';

export type UnreadableEntry = Extract<StoreEntry, { record: null }>;

/** Whether a record is there that this process lacks the right to read. */
export function isDeniedEntry(entry: StoreEntry): entry is UnreadableEntry & { denied: true } {
  return entry.record === null && entry.denied === true;
}

/** The error of a record that cannot be read, or that this process lacks the right to read. */
export function unreadableError({ id, unreadable, denied }: UnreadableEntry): UnreadableRecordError {
  return denied ? new DeniedRecordError(id, unreadable) : new UnreadableRecordError(id, unreadable);
}

import { DeniedRecordError, UnreadableRecordError } from '../base/errors.js';
import type { UnreadableEntry } from './contract.js';

/** The error of a record that cannot be read, or that this process lacks the right to read. */
export function unreadableError({ id, unreadable, denied }: UnreadableEntry): UnreadableRecordError {
  return denied ? new DeniedRecordError(id, unreadable) : new UnreadableRecordError(id, unreadable);
}

import { UnreadableRecordError } from '../../../base/errors.js';
import type { IdSet } from '../../../base/id-set.js';
import type { SessionRecord, SessionStore, StoreEntry, Tombstone } from '../../../store/contract.js';
import { stateOf } from '../../lifecycle/state.js';
import type { Outcome } from '../tally.js';

export interface CopyStores {
  source: SessionStore;
  target: SessionStore;
  /** The time in ms. */
  now: () => number;
  /** Whether to write nothing. */
  isDry: boolean;
  /** Whether a session that is not open in the source ends in the target, too. */
  isMirror: boolean;
  /** The ids that this copy has read in the source, and that the target should have. Those that it has get marked. */
  expected: IdSet;
}

/** How a session has ended in the source. A purge leaves no tombstone. */
type End = { record: SessionRecord } | { tombstone: Tombstone | null };

/**
 * Ends a session of the target that has ended in the source since this copy, or an earlier one, has read it (I2). A session of
 * which the source knows nothing stays, unless the target is to mirror the source.
 */
export async function followEnd(stores: CopyStores, { id, bytes, record }: StoreEntry): Promise<Outcome> {
  const isExpected = record !== null && stores.expected.mark(id);
  if (record === null || stateOf(record, stores.now()) === 'expired') return { done: false, bytes };
  const end = await endInSource(stores, id, isExpected);
  if (end === null) return { done: false, bytes };
  // A dry run has counted it as a record to replace.
  if (stores.isDry) return { done: !(isExpected && 'record' in end), bytes };
  return { done: await endInTarget(stores, id, end), bytes };
}

/** @param wasThere whether its absence alone is an end */
async function endInSource(
  { source, now, isMirror }: CopyStores,
  id: string,
  wasThere: boolean,
): Promise<End | null> {
  try {
    const record = await source.find(id);
    if (record !== null && record.ended !== null) return { record };
    if (record !== null) return isMirror && stateOf(record, now()) === 'expired' ? { tombstone: null } : null;
  } catch (error) {
    // That it cannot be read is no end (I4).
    if (error instanceof UnreadableRecordError) return null;
    throw error;
  }
  const tombstone = await source.tombstone(id);
  return tombstone !== null || wasThere || isMirror ? { tombstone } : null;
}

/** Returns whether there was something to end. */
async function endInTarget({ target, now }: CopyStores, id: string, end: End): Promise<boolean> {
  if ('record' in end) {
    const { record } = end;
    return (await target.update(id, (current) => (current.ended === null ? record : null))) !== null;
  }
  const { tombstone } = end;
  const { removed } =
    tombstone === null
      ? await target.delete(id, { when: (current) => stateOf(current, now()) !== 'expired' })
      : await target.delete(id, { tombstone, keepUnreadable: true });
  return removed;
}

/**
 * Whether the target lacks a session for no reason that the session itself has: it was not ended there, and it has neither ended
 * nor expired in the source meanwhile. Marks it if the target has it after all.
 */
export async function isLost({ source, target, now, expected }: CopyStores, id: string): Promise<boolean> {
  if ((await target.find(id)) !== null) return !expected.mark(id);
  if ((await target.tombstone(id)) !== null) return false;
  const record = await source.find(id);
  return record !== null && stateOf(record, now()) !== 'expired';
}

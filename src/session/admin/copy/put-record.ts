import { isDeepStrictEqual } from 'node:util';
import { StoreError, UnreadableRecordError } from '../../../base/errors.js';
import type { SessionRecord, SessionStore } from '../../../store/contract.js';

/**
 * What a copy does with a session that the target has, too. `newer`: the one that was seen last counts; seen at the same
 * time, but different: the source's. Revisions say nothing here, because each store counts its own writes.
 */
export type OnConflict = 'skip' | 'replace' | 'newer';

/** `there`: the target's record stays. `gone`: the session was ended in the target, and stays so (I2). */
type PutOutcome = 'copied' | 'replaced' | 'there' | 'gone';

/** How a copy brings a record into its target. */
type Put = (record: SessionRecord, onConflict: OnConflict) => Promise<PutOutcome>;

/** How often to try while others create and remove the same session in the target. */
const ATTEMPTS = 10;

/** Writes records as they are. The target counts revisions anew where it replaces one. */
export function putInto(target: SessionStore): Put {
  return async (record, onConflict) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const created = await target.create(record);
      if (created !== 'exists') return created === 'created' ? 'copied' : 'gone';
      let isThere = false;
      const replaced = await inTarget(target, () =>
        target.update(record.id, (current) => {
          isThere = true;
          return replacementOf(current, record, onConflict);
        }),
      );
      if (isThere) return replaced === null ? 'there' : 'replaced';
    }
    throw new StoreError(
      `${target.location} says that it has session ${record.id}, and does not show it: run 'moin-sessions purge --expired' there, and copy again`,
    );
  };
}

/** Tells what `putInto` would do, and writes nothing. */
export function wouldPutInto(target: SessionStore): Put {
  return async (record, onConflict) => {
    const current = await inTarget(target, () => target.find(record.id));
    if (current !== null) return replacementOf(current, record, onConflict) === null ? 'there' : 'replaced';
    const tombstone = await target.tombstone(record.id);
    return tombstone !== null && tombstone.until > record.seen ? 'gone' : 'copied';
  };
}

/**
 * What takes the place of the target's record; null to leave it. An end counts in every mode, from either side: no copy
 * revives a session (I2).
 */
function replacementOf(
  current: SessionRecord,
  incoming: SessionRecord,
  onConflict: OnConflict,
): SessionRecord | null {
  if (current.ended !== null) return null;
  if (incoming.ended !== null) return incoming;
  if (onConflict === 'skip' || (onConflict === 'newer' && current.seen > incoming.seen)) return null;
  const isSame = isDeepStrictEqual({ ...current, revision: 0 }, { ...incoming, revision: 0 });
  return isSame ? null : incoming;
}

/** Runs `work`. An unreadable record is then said to be the target's. */
async function inTarget<T>(target: SessionStore, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    throw new UnreadableRecordError(error.id, `${error.reason} (in ${target.location})`, { cause: error });
  }
}

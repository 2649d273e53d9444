import { UnreadableRecordError } from '../errors.js';
import type { SessionRecord, StoreEntry } from '../store/contract.js';
import type { AdminOptions, SessionAdmin } from './admin.js';
import { endedRecord } from './ended.js';
import { told } from './events.js';
import { matches, type SessionFilter } from './filter.js';
import { stateOf } from './info.js';
import { selectEntries } from './select.js';
import type { AdminDependencies } from './store-admin.js';
import { expireReport, isDry, type Outcome, tallyUp } from './tally.js';

type EndedBy = NonNullable<SessionRecord['ended']>['by'];

/** The part of the administration that ends sessions. */
export function expiring({
  store,
  users,
  clock,
  emit,
}: AdminDependencies): Pick<SessionAdmin, 'expire' | 'endUser'> {
  const sources = { store, users };
  return { expire, endUser };

  async function expire(which: readonly string[] | SessionFilter, options: AdminOptions = {}) {
    const filter = asFilter(which);
    const entries = selectEntries(sources, filter, clock());
    const tally = await tallyUp(
      entries,
      endWith(options.by ?? 'administrator', filter, isDry(options)),
      options,
    );
    return expireReport(tally, isDry(options));
  }

  async function endUser(
    user: string,
    { except, by = 'administrator' }: { except?: string | null; by?: 'administrator' | 'user' } = {},
  ) {
    const entries = without(selectEntries(sources, { user }, clock()), except);
    return expireReport(await tallyUp(entries, endWith(by, {}, false), {}), false);
  }

  /** Ends one session now. Whether it is meant is asked again of the record as it is at that moment (I5). */
  function endWith(by: EndedBy, { user: _selected, ...conditions }: SessionFilter, dryRun: boolean) {
    return async (entry: StoreEntry): Promise<Outcome> => {
      const { id, bytes, record } = entry;
      if (record === null) {
        if (conditions.ids !== undefined) throw new UnreadableRecordError(id, entry.unreadable);
        return { done: false, bytes };
      }
      if (dryRun) return { done: stateOf(record, clock()) !== 'expired', bytes };
      const ended = await store.update(id, (current) => {
        const now = clock();
        const isMeant = matches({ id, bytes, record: current }, conditions, now);
        return isMeant && stateOf(current, now) !== 'expired' ? endedRecord(current, now, by) : null;
      });
      if (ended !== null) emit?.('ended', { ...told(ended), reason: by });
      return { done: ended !== null, bytes };
    };
  }
}

function asFilter(which: readonly string[] | SessionFilter): SessionFilter {
  return Array.isArray(which) ? { ids: which } : (which as SessionFilter);
}

async function* without(entries: AsyncIterable<StoreEntry>, id: string | null | undefined) {
  for await (const entry of entries) if (entry.id !== id) yield entry;
}

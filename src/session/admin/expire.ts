import { UnreadableRecordError } from '../../base/errors.js';
import { bare } from '../../base/own.js';
import type { SessionRecord, StoreEntry } from '../../store/contract.js';
import { type EndedBy, endSession } from '../lifecycle/ended.js';
import { eventDetails } from '../lifecycle/events.js';
import type { AdminOptions, EndUserOptions, SessionAdmin } from './admin.js';
import { expireReport, isDry, type Outcome, runBulk } from './bulk.js';
import type { SessionFilter } from './filter.js';
import { assertEndingFilter, assertEndUser, assertIds, type EndingFilter } from './filter-check.js';
import { stateOf } from './info.js';
import { Selection } from './select.js';
import type { AdminDependencies } from './store-admin.js';

/** The part of the administration that ends sessions. */
export function expiring({
  clock,
  emit,
  ...sources
}: AdminDependencies): Pick<SessionAdmin, 'expire' | 'endUser'> {
  const { store } = sources;
  return { expire, endUser };

  async function expire(which: readonly string[] | EndingFilter, options: AdminOptions = {}) {
    const filter = checked(which);
    const given = bare(options);
    const selection = new Selection(sources, filter);
    const isNamed = filter.ids !== undefined;
    const { by = 'administrator' } = given;
    const end = isDry(given) ? dryEnd(isNamed) : endWith(by, selection, isNamed);
    return expireReport(await runBulk(selection.entries(clock()), end, given), isDry(given));
  }

  async function endUser(userId: string, options: EndUserOptions = {}) {
    assertEndUser(userId, options);
    const { except, by = 'administrator' } = bare(options);
    const selection = new Selection(sources, bare({ userId }));
    const entries = without(selection.entries(clock()), except);
    return expireReport(await runBulk(entries, endWith(by, selection, false), bare({})), false);
  }

  function dryEnd(isNamed: boolean) {
    return async (entry: StoreEntry): Promise<Outcome> => {
      const { record, bytes } = entry;
      if (record === null) return passOver(entry, isNamed);
      return { done: stateOf(record, clock()) !== 'expired', bytes };
    };
  }

  /** Ends one session now. Whether it is meant is asked again of the record as it is at that moment (I5). */
  function endWith(by: EndedBy, selection: Selection, isNamed: boolean) {
    return async (entry: StoreEntry): Promise<Outcome> => {
      const { id, bytes, record } = entry;
      if (record === null) return passOver(entry, isNamed);
      const isMeant = (current: SessionRecord) =>
        selection.stillMeans({ id, bytes, record: current }, clock());
      const ended = await endSession(store, id, by, { now: clock, isMeant });
      if (ended !== null) emit?.('ended', { ...eventDetails(ended), reason: by });
      return { done: ended !== null, bytes };
    };
  }
}

function checked(which: readonly string[] | EndingFilter): SessionFilter {
  if (Array.isArray(which)) {
    assertIds(which);
    return bare({ ids: which });
  }
  assertEndingFilter('end', which);
  const { all: _meant, ...filter } = which;
  return bare(filter);
}

/** What cannot be read stays as it is (I4), and is a failure where it was named. */
function passOver({ id, bytes, ...entry }: StoreEntry, isNamed: boolean): Outcome {
  if (isNamed && entry.record === null) throw new UnreadableRecordError(id, entry.unreadable);
  return { done: false, bytes };
}

async function* without(entries: AsyncIterable<StoreEntry>, id: string | null | undefined) {
  for await (const entry of entries) if (entry.id !== id) yield entry;
}

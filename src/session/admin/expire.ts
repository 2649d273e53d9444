import { UnreadableRecordError } from '../../base/errors.js';
import { bare } from '../../base/own.js';
import type { SessionRecord, StoreEntry } from '../../store/contract.js';
import { type Ending, endSession } from '../lifecycle/ended.js';
import { eventDetails } from '../lifecycle/events.js';
import { stateOf } from '../lifecycle/state.js';
import { expireReport, isDry, type Outcome, runBulk } from './bulk.js';
import type { SessionFilter } from './filter.js';
import {
  assertEndingFilter,
  assertEndUser,
  assertIds,
  assertReason,
  conditionsOf,
  type EndingFilter,
} from './filter-check.js';
import type { EndUserOptions, ExpireOptions, ExpireReport } from './report.js';
import { type AdminSources, Selection } from './select.js';

/** Ends sessions now, by id or by filter. */
export async function expireSessions(
  sources: AdminSources,
  which: readonly string[] | EndingFilter,
  options: ExpireOptions,
): Promise<ExpireReport> {
  const filter = checked(which);
  const given = bare(options);
  const isNamed = filter.ids !== undefined;
  const selection = new Selection(sources, filter);
  const { by = 'administrator', reason } = given;
  assertReason(reason);
  const action = isDry(given) ? dryEnd(sources, isNamed) : endBy({ by, reason }, sources, selection, isNamed);
  const tally = await runBulk(selection.entries(sources.clock()), action, given);
  return expireReport(tally, isDry(given));
}

/** Ends all sessions of one user except `options.except`. */
export async function expireSessionsOf(
  sources: AdminSources,
  userId: string,
  options: EndUserOptions,
): Promise<ExpireReport> {
  assertEndUser(userId, options);
  const { except, by = 'user', reason } = bare(options);
  const selection = new Selection(sources, bare({ userId }));
  const entries = without(selection.entries(sources.clock()), except);
  const action = endBy({ by, reason }, sources, selection, false);
  return expireReport(await runBulk(entries, action, bare({})), false);
}

type Action = (entry: StoreEntry) => Promise<Outcome>;

function dryEnd({ clock }: AdminSources, isNamed: boolean): Action {
  return async (entry) => {
    const { record, bytes } = entry;
    if (record === null) return skipUnreadable(entry, isNamed);
    return { done: stateOf(record, clock()) !== 'expired', bytes };
  };
}

/** Ends one session now. The filter is checked again on the record as it is at that moment (I5). */
function endBy(
  ending: Ending,
  { store, clock, emit }: AdminSources,
  selection: Selection,
  isNamed: boolean,
): Action {
  return async (entry) => {
    const { id, bytes, record } = entry;
    if (record === null) return skipUnreadable(entry, isNamed);
    const isMeant = (current: SessionRecord) => selection.stillMeans({ id, bytes, record: current }, clock());
    const ended = await endSession(store, id, ending, { now: clock, isMeant });
    if (ended !== null) emit?.('ended', { ...eventDetails(ended), reason: ending.by });
    return { done: ended !== null, bytes };
  };
}

/** The filter for these ids, or the given one without `all`. @throws TypeError as `assertIds` and `assertEndingFilter` */
function checked(which: readonly string[] | EndingFilter): SessionFilter {
  if (Array.isArray(which)) {
    assertIds(which);
    return bare({ ids: which });
  }
  assertEndingFilter('end', which);
  return conditionsOf(which);
}

/** An unreadable record stays as it is (I4). It counts as failed if its id was named, else as kept. */
function skipUnreadable({ id, bytes, ...entry }: StoreEntry, isNamed: boolean): Outcome {
  if (isNamed && entry.record === null) throw new UnreadableRecordError(id, entry.unreadable);
  return { done: false, bytes };
}

async function* without(entries: AsyncIterable<StoreEntry>, id: string | null | undefined) {
  for await (const entry of entries) if (entry.id !== id) yield entry;
}

import type { Clock } from '../../base/clock.js';
import { bare } from '../../base/own.js';
import type { SessionRecord, StoreEntry } from '../../store/contract.js';
import { isDeniedEntry, type UnreadableEntry, unreadableError } from '../../store/denied.js';
import { type Ending, endSession } from '../lifecycle/ended.js';
import { auditDetails, eventDetails } from '../lifecycle/events.js';
import { isOver } from '../lifecycle/state.js';
import { expireReport, isDry } from './bulk.js';
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
import { lookingAgain } from './returns.js';
import { runBulk } from './run-bulk.js';
import { type AdminSources, Selection } from './select.js';
import { type Action, showing } from './showing.js';
import type { Outcome } from './tally.js';

/** Ends sessions now, by id or by filter. */
export async function expireSessions(
  sources: AdminSources,
  which: readonly string[] | EndingFilter,
  options: ExpireOptions,
): Promise<ExpireReport> {
  const filter = checked(which);
  const given = bare(options);
  const isNamed = filter.ids !== undefined;
  const selection = new Selection(sources, filter, { isEnding: true });
  const { by = 'administrator', reason } = given;
  assertReason(reason);
  const isShown = given.onSession !== undefined;
  const action = isDry(given) ? dryEnd(sources, isNamed) : endBy({ by, reason }, sources, selection, isNamed);
  const entries = isDry(given)
    ? selection.entries(sources.clock(), isShown)
    : entriesToEnd(selection, filter, sources, isShown);
  const shown = showing(action, selection, sources, given);
  const tally = await lookingAgain(sources.store, given, () => runBulk(entries, shown, given));
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
  const filter = bare({ userId });
  const selection = new Selection(sources, filter, { isEnding: true });
  const entries = without(entriesToEnd(selection, filter, sources), except);
  const action = endBy({ by, reason }, sources, selection, false);
  const tally = await lookingAgain(sources.store, {}, () => runBulk(entries, action, bare({})));
  return expireReport(tally, false);
}

function dryEnd({ clock }: AdminSources, isNamed: boolean): Action {
  return async (entry) => {
    if (entry.record === null) return skipUnreadable(entry, isNamed);
    const { record, bytes } = entry;
    return isOver(record, clock()) ? keptOver(record, bytes) : { done: true, bytes };
  };
}

function keptOver({ ended }: SessionRecord, bytes: number): Outcome {
  return { done: false, bytes, kept: ended === null ? 'expired' : 'ended' };
}

/** How often to look for sessions of a user, at least and at most. */
const LOOKS = { least: 3, most: 20 };

/**
 * The sessions to end. Those of users come from the store's lists first, so that they end at once; then, if the sources ask for
 * it, those that only a look at all records finds.
 */
async function* entriesToEnd(
  selection: Selection,
  { userId, userName }: SessionFilter,
  { clock, unlisted }: AdminSources,
  isShown = false,
): AsyncGenerator<StoreEntry> {
  if (userId === undefined && userName === undefined) return yield* selection.entries(clock(), isShown);
  const seen = new Set<string>();
  yield* ofUsers({ selection, clock, isShown, seen });
  if (unlisted === undefined) return;
  for await (const entry of selection.entries(clock(), isShown)) {
    if (seen.has(entry.id) || (entry.record !== null && isOver(entry.record, clock()))) continue;
    seen.add(entry.id);
    yield entry;
  }
  // The long look may have missed a session that rotated meanwhile.
  yield* ofUsers({ selection, clock, isShown, seen });
}

/**
 * The sessions of users in the store's lists. They are listed again until a look finds no further one: a session that rotates all
 * the time is between two ids when a listing reads it.
 */
async function* ofUsers({
  selection,
  clock,
  isShown,
  seen,
}: {
  selection: Selection;
  clock: Clock;
  isShown: boolean;
  seen: Set<string>;
}): AsyncGenerator<StoreEntry> {
  const isFirst = seen.size === 0;
  let isNewOne = true;
  for (let look = 0; look < LOOKS.least || (isNewOne && look < LOOKS.most); look++) {
    isNewOne = false;
    for await (const entry of selection.entries(clock(), isShown, true)) {
      // What has ended since the first look is what this call has ended under another id.
      const isDone = (look > 0 || !isFirst) && entry.record !== null && isOver(entry.record, clock());
      if (isDone || seen.has(entry.id)) continue;
      seen.add(entry.id);
      isNewOne = true;
      yield entry;
    }
  }
}

/** How many rotations to follow. Each is one that came before this process could end the session. */
const MOST_ROTATIONS = 1000;

/**
 * Ends one session now, or the one that has replaced it meanwhile by a rotation: a thief who rotates all the time would
 * escape otherwise. The filter is checked again on the record as it is at that moment (I5).
 */
function endBy(
  ending: Ending,
  { store, clock, emit }: AdminSources,
  selection: Selection,
  isNamed: boolean,
): Action {
  return async (entry) => {
    if (entry.record === null) return skipUnreadable(entry, isNamed);
    const { id, bytes, record } = entry;
    const wasOver = isOver(record, clock());
    const isMeant = (current: SessionRecord) =>
      current.user?.id === record.user?.id && selection.stillMeans({ id, bytes, record: current }, clock());
    let ended: SessionRecord | null = null;
    let current: string | undefined = id;
    for (let rotations = 0; current !== undefined && rotations < MOST_ROTATIONS; rotations++) {
      ended = await endSession(store, current, ending, { now: clock, isMeant });
      // Nothing replaces a session that is over: `expire --all` need not ask for its tombstone.
      if (ended !== null || wasOver) break;
      current = (await store.tombstone(current))?.successor;
    }
    if (ended === null) return wasOver ? keptOver(record, bytes) : { done: false, bytes, kept: 'changed' };
    emit?.('ended', { ...eventDetails(ended), reason: ending.by }, auditDetails(ended));
    return { done: true, bytes };
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

/**
 * An unreadable record stays as it is (I4). It counts as failed if its id was named, or if only this process lacks the right to read
 * it, so that the session may be open elsewhere; else as kept.
 */
function skipUnreadable(entry: UnreadableEntry, isNamed: boolean): Outcome {
  if (isNamed || isDeniedEntry(entry)) throw unreadableError(entry);
  return { done: false, bytes: entry.bytes, kept: 'unreadable' };
}

async function* without(entries: AsyncIterable<StoreEntry>, id: string | null | undefined) {
  for await (const entry of entries) if (entry.id !== id) yield entry;
}

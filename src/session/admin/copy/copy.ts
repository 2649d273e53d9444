import { StoreError } from '../../../base/errors.js';
import { IdSet } from '../../../base/id-set.js';
import { bare } from '../../../base/own.js';
import type { SessionRecord, SessionStore, StoreEntry } from '../../../store/contract.js';
import { unreadableError } from '../../../store/denied.js';
import { stateOf } from '../../lifecycle/state.js';
import { copyReport, isDry } from '../bulk.js';
import type { SessionFilter } from '../filter.js';
import { assertFilter } from '../filter-check.js';
import type { AdminOptions, CopyReport } from '../report.js';
import { runAtOnce } from '../run-bulk.js';
import { type AdminSources, Selection } from '../select.js';
import type { Outcome, Tally } from '../tally.js';
import { type CopyStores, followEnd, isLost } from './follow-ends.js';
import { type OnConflict, putInto, wouldPutInto } from './put-record.js';

export interface CopyOptions extends AdminOptions {
  /** Default `newer`. */
  onConflict?: OnConflict;
  /**
   * End in the target each session that is not open in the source, whether or not the source remembers why; a session that is
   * unreadable there stays. Meant for the last copy, of all sessions. Default false.
   */
  mirror?: boolean;
  /** Gives a record of another kind of store the form of ours. Default: it is copied as it is. */
  adapt?: (record: SessionRecord) => SessionRecord;
  /** Called after each session of the target that was compared with the source at the end. */
  onCheck?: (checked: number) => void;
}

type Counts = Pick<CopyReport, 'copied' | 'replaced' | 'expired' | 'ended' | 'unverified'>;

/**
 * Copies the sessions that a filter selects from the sources' store to `target`, as they are. Sessions that expired by time stay
 * behind, unless the filter asks for them. Then ends in the target what has ended in the source (I2), and looks for each session
 * in the target. May be repeated, also after an interruption: what the target has already is left alone. What ended between two
 * copies and was purged there leaves no trace: only a copy with `mirror` ends it.
 *
 * Servers may go on writing to the source. What they write after it was read takes another copy. Servers must not write to the
 * target before the last copy: the target forgets after an hour that a session was logged out there.
 * @throws StoppedError when one of the stores failed; TypeError as `assertFilter`
 */
export async function copySessions(
  sources: AdminSources,
  target: SessionStore,
  filter: SessionFilter,
  options: CopyOptions = {},
): Promise<CopyReport> {
  assertFilter(filter);
  const given = bare(options);
  const stores = {
    source: sources.store,
    target,
    now: sources.clock,
    isDry: isDry(given),
    isMirror: given.mirror ?? false,
    expected: new IdSet(),
  };
  const counts = { copied: 0, replaced: 0, expired: 0, ended: 0, unverified: 0 };
  const selected = new Selection(sources, filter).entries(sources.clock());
  const tally = await runAtOnce(selected, putAction(stores, filter, counts, given), given);
  const verified = tally.fault === null ? await follow(stores, filter, counts, tally, given) : 0;
  return copyReport(tally, counts, verified, stores.isDry);
}

function putAction(
  { target, now, isDry, expected }: CopyStores,
  filter: SessionFilter,
  counts: Counts,
  { onConflict = 'newer', adapt = (record) => record }: CopyOptions,
): (entry: StoreEntry) => Promise<Outcome> {
  const put = isDry ? wouldPutInto(target) : putInto(target);
  const leavesExpired = bare(filter).state !== 'expired';
  return async (entry) => {
    if (entry.record === null) throw unreadableError(entry);
    const { id, bytes, record } = entry;
    if (leavesExpired && record.ended === null && stateOf(record, now()) === 'expired') {
      counts.expired += 1;
      return { done: false, bytes };
    }
    const outcome = await put(adapt(record), onConflict);
    if (outcome !== 'gone') expected.add(id);
    const done = outcome === 'copied' || outcome === 'replaced';
    if (done) counts[outcome] += 1;
    return { done, bytes };
  };
}

/**
 * Goes over the target when all is written. Counts failures apart, since other sessions than those copied may fail.
 * @returns how many of the expected sessions are there
 */
async function follow(
  stores: CopyStores,
  filter: SessionFilter,
  counts: Counts,
  tally: Tally,
  options: CopyOptions,
): Promise<number> {
  const { expected, isDry } = stores;
  const { signal, onFailure, onCheck } = options;
  const quiet: AdminOptions = bare({
    ...(signal !== undefined && { signal }),
    ...(onFailure !== undefined && { onFailure }),
    onProgress: (_done: number, looked: number) => onCheck?.(looked),
  });
  const ends = await runAtOnce(ofSameUsers(stores, filter), (entry) => followEnd(stores, entry), quiet);
  counts.ended += ends.done;
  addFailures(tally, counts, ends);
  if (isDry || ends.fault !== null) return 0;
  const lost = await runAtOnce(asTargets(expected.unmarked()), (one) => assertNotLost(stores, one), quiet);
  addFailures(tally, counts, lost);
  return expected.marked;
}

/** The target's sessions: of the users that the filter names by id, else all. */
function ofSameUsers({ target, now }: CopyStores, filter: SessionFilter): AsyncIterable<StoreEntry> {
  const { userId } = bare(filter);
  return new Selection({ store: target }, userId === undefined ? {} : bare({ userId })).entries(now());
}

async function assertNotLost(stores: CopyStores, { id }: { id: string }): Promise<Outcome> {
  if (!(await isLost(stores, id))) return null;
  throw new StoreError(
    `session ${id} was copied, and ${stores.target.location} does not have it: see that it has room, and copy again`,
  );
}

function addFailures(tally: Tally, counts: Counts, { failed, fault, unreported }: Tally): void {
  counts.unverified += failed;
  tally.fault ??= fault;
  tally.unreported ??= unreported;
}

async function* asTargets(ids: Iterable<string>): AsyncGenerator<{ id: string }> {
  for (const id of ids) yield { id };
}

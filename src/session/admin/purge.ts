import { batchesOf } from '../../base/batches.js';
import { bare } from '../../base/own.js';
import { bulkDeletion } from '../../store/bulk.js';
import type { Removal, SessionRecord, SessionStore, StoreEntry } from '../../store/contract.js';
import { isDeniedEntry, type UnreadableEntry, unreadableError } from '../../store/denied.js';
import { stateOf } from '../lifecycle/state.js';
import { isDry, purgeReport } from './bulk.js';
import { isCleanUp, type SessionFilter } from './filter.js';
import { assertEndingFilter, assertIds, conditionsOf, type EndingFilter } from './filter-check.js';
import { describeEntry } from './info.js';
import type { AdminOptions, PurgeReport } from './report.js';
import { lookingAgain } from './returns.js';
import { runBatches, runBulk } from './run-bulk.js';
import { type AdminSources, Selection } from './select.js';
import { showing } from './showing.js';
import type { Outcome, Tally } from './tally.js';

/** Removes records, by id or by filter. */
export async function purgeSessions(
  sources: AdminSources,
  which: readonly string[] | EndingFilter,
  options: AdminOptions,
): Promise<PurgeReport> {
  const given = bare(options);
  const tally = await purgeAny(sources, which, given);
  if (tally.done > 0 && !isDry(given)) sources.emit?.('purged', { count: tally.done });
  return purgeReport(tally, isDry(given));
}

/**
 * Whether this purge has batches in work: when the process ends at once, some sessions may be gone of which `onDone` was not
 * called.
 */
export function purgesBatches(store: SessionStore, which: readonly string[] | EndingFilter): boolean {
  return (
    !Array.isArray(which) && isCleanUp(conditionsOf(which as EndingFilter)) && bulkDeletion(store) !== null
  );
}

async function purgeAny(
  sources: AdminSources,
  which: readonly string[] | EndingFilter,
  options: AdminOptions,
): Promise<Tally> {
  if (Array.isArray(which))
    return lookingAgain(sources.store, options, () => purgeNamed(sources, which, options));
  assertEndingFilter('remove', which);
  const filter = conditionsOf(which);
  return isCleanUp(filter) && !isDry(options)
    ? purgeExpired(sources, options)
    : lookingAgain(sources.store, options, () => purgeMatching(sources, filter, options));
}

function purgeNamed(sources: AdminSources, ids: readonly string[], options: AdminOptions): Promise<Tally> {
  assertIds(ids);
  const selection = new Selection(sources, bare({ ids }));
  const entries = selection.entries(sources.clock(), options.onSession !== undefined);
  const action = ({ id, bytes }: StoreEntry) => (isDry(options) ? dry(bytes) : remove(sources, id));
  return runBulk(entries, showing(action, selection, sources, options), options);
}

/** The purge of cron jobs: the store names the candidates, so the other records stay unread. */
async function purgeExpired(sources: AdminSources, options: AdminOptions): Promise<Tally> {
  const { store, clock } = sources;
  const begun = clock();
  const bulk = bulkDeletion(store);
  const candidates = store.expiryCandidates(begun);
  const when = (record: SessionRecord) => stateOf(record, clock()) === 'expired';
  const outcomeOf = (removal: Removal) => {
    const { removed, record, bytes } = removal;
    if (removed && record !== null)
      options.onSession?.(describeEntry({ id: record.id, bytes, record }, clock(), false));
    return outcomeOfExpired(removal, begun);
  };
  const tally =
    bulk === null
      ? await runBulk(
          asTargets(candidates),
          async ({ id }) => outcomeOf(await store.delete(id, { when })),
          options,
        )
      : await runBatches(batchesOf(candidates), (ids) => bulk.delete(ids, when), outcomeOf, options);
  if (tally.fault === null) await store.sweep(clock());
  return tally;
}

/**
 * An unexpired record counts as kept if it was refreshed after the purge began. Otherwise it was a wrong candidate of the
 * store, and does not count.
 */
function outcomeOfExpired({ removed, record, bytes }: Removal, begun: number): Outcome {
  if (!removed && (record === null || record.seen < begun)) return null;
  return removed ? { done: true, bytes } : { done: false, bytes, kept: 'changed' };
}

function purgeMatching(sources: AdminSources, filter: SessionFilter, options: AdminOptions): Promise<Tally> {
  const { clock } = sources;
  const selection = new Selection(sources, filter, { isEnding: true });
  const action = async (entry: StoreEntry): Promise<Outcome> => {
    const { id, bytes, record } = entry;
    if (isDeniedEntry(entry)) return refuseUnread(entry, filter);
    if (record === null && filter.ids === undefined) return { done: false, bytes, kept: 'unreadable' };
    if (isDry(options)) return dry(bytes);
    if (record === null) return remove(sources, id);
    return remove(sources, id, (current) => selection.stillMeans({ id, bytes, record: current }, clock()));
  };
  const entries = selection.entries(clock(), options.onSession !== undefined);
  return runBulk(entries, showing(action, selection, sources, options), options);
}

/**
 * Nobody can say whether a record that may not be read meets a filter (I5). In a dry run of a clean-up it does not count: the
 * clean-up itself asks for those alone whose time is over by their files.
 */
function refuseUnread(entry: UnreadableEntry, filter: SessionFilter): Outcome {
  if (isCleanUp(filter)) return null;
  throw unreadableError(entry);
}

async function remove(
  { store, clock, onRemoved }: AdminSources,
  id: string,
  when?: (record: SessionRecord) => boolean,
): Promise<Outcome> {
  const { removed, record, bytes } = await store.delete(id, when && { when });
  if (removed && record !== null && stateOf(record, clock()) !== 'expired') onRemoved?.(record);
  const isAbsent = !removed && record === null;
  if (isAbsent) return null;
  return removed ? { done: true, bytes } : { done: false, bytes, kept: 'changed' };
}

async function dry(bytes: number): Promise<Outcome> {
  return { done: true, bytes };
}

async function* asTargets(ids: AsyncIterable<string>): AsyncGenerator<{ id: string }> {
  for await (const id of ids) yield { id };
}

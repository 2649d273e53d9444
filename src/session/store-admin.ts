import type { Clock } from '../clock.js';
import { UnreadableRecordError } from '../errors.js';
import { assertSessionId, type SessionRecord, type StoreEntry } from '../store/contract.js';
import type { AdminOptions, PurgeReport, SessionAdmin } from './admin.js';
import { type Emit, told } from './events.js';
import { matches, type SessionFilter } from './filter.js';
import { describeDetail, describeEntry, stateOf } from './info.js';
import { endedRecord } from './record.js';
import { findEntry, type Sources, select, selectEntries } from './select.js';
import { expireReport, type Outcome, purgeReport, type Tally, tallyUp } from './tally.js';

export interface AdminDependencies extends Sources {
  clock: Clock;
  /** Gets `ended` for each session, and `purged` with the count of them. */
  emit?: Emit;
}

type EndedBy = NonNullable<SessionRecord['ended']>['by'];

/** Administration of the sessions in a store, for the command line and for `Sessions` alike. */
export function createAdmin({ store, users, clock, emit }: AdminDependencies): SessionAdmin {
  const sources = { store, users };
  return { list, get, resolve, expire, purge, endUser };

  function list(filter: SessionFilter = {}) {
    const now = clock();
    return select(sources, filter, now, (entry) => describeEntry(entry, now));
  }

  async function get(id: string) {
    assertSessionId(id);
    const entry = await findEntry(store, id);
    return entry && describeDetail(entry, clock());
  }

  async function resolve(prefix: string, limit = 10) {
    if (!/^[0-9a-f]{4,32}$/.test(prefix))
      throw new TypeError('the beginning of a session id is 4 to 32 lower-case hex digits');
    const ids: string[] = [];
    for await (const { id } of store.scan({ prefix })) {
      if (id.startsWith(prefix)) ids.push(id);
      if (ids.length >= limit) break;
    }
    return ids.sort();
  }

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

  async function purge(
    which: readonly string[] | (SessionFilter & { all?: boolean }),
    options: AdminOptions = {},
  ): Promise<PurgeReport> {
    const tally = await purgeAny(which, options);
    if (tally.done > 0 && !isDry(options)) emit?.('purged', { count: tally.done });
    return purgeReport(tally, isDry(options));
  }

  function purgeAny(
    which: readonly string[] | (SessionFilter & { all?: boolean }),
    options: AdminOptions,
  ): Promise<Tally> {
    if (Array.isArray(which)) return purgeNamed(which, options);
    const { all, ...filter } = which as SessionFilter & { all?: boolean };
    const conditions = Object.values(filter).filter((condition) => condition !== undefined).length;
    if (conditions === 0 && all !== true)
      throw new TypeError('an empty filter would remove every session: say { all: true }, or name a state');
    const onlyExpired = filter.state === 'expired' && conditions === 1;
    return onlyExpired && !isDry(options) ? purgeExpired(options) : purgeMatching(filter, options);
  }

  function purgeNamed(ids: readonly string[], options: AdminOptions): Promise<Tally> {
    return tallyUp(
      selectEntries(sources, { ids }, clock()),
      ({ id, bytes }) => (isDry(options) ? dry(bytes) : remove(id)),
      options,
    );
  }

  /** What cron does: asks the store what may have expired, without reading the rest. */
  async function purgeExpired(options: AdminOptions): Promise<Tally> {
    const begun = clock();
    const tally = await tallyUp(
      asTargets(store.candidates(begun)),
      ({ id }) => removeExpired(id, begun),
      options,
    );
    await store.sweep(clock());
    return tally;
  }

  /** One that has not expired counts only if it was refreshed since the purge began; else the store had guessed. */
  async function removeExpired(id: string, begun: number): Promise<Outcome> {
    const when = (record: SessionRecord) => stateOf(record, clock()) === 'expired';
    const { removed, record, bytes } = await store.delete(id, { when });
    if (!removed && (record === null || record.seen < begun)) return null;
    return { done: removed, bytes };
  }

  function purgeMatching(filter: SessionFilter, options: AdminOptions): Promise<Tally> {
    const { user: _selected, ...conditions } = filter;
    return tallyUp(
      selectEntries(sources, filter, clock()),
      async ({ id, bytes, record }) => {
        if (record === null) return { done: false, bytes };
        if (isDry(options)) return dry(bytes);
        return remove(id, (current) => matches({ id, bytes, record: current }, conditions, clock()));
      },
      options,
    );
  }

  async function remove(id: string, when?: (record: SessionRecord) => boolean): Promise<Outcome> {
    const { removed, record, bytes } = await store.delete(id, when && { when });
    const isAbsent = !removed && record === null;
    return isAbsent ? null : { done: removed, bytes };
  }
}

function asFilter(which: readonly string[] | SessionFilter): SessionFilter {
  return Array.isArray(which) ? { ids: which } : (which as SessionFilter);
}

function isDry(options: AdminOptions): boolean {
  return options.dryRun ?? false;
}

async function dry(bytes: number): Promise<Outcome> {
  return { done: true, bytes };
}

async function* asTargets(ids: AsyncIterable<string>): AsyncGenerator<{ id: string }> {
  for await (const id of ids) yield { id };
}

async function* without(entries: AsyncIterable<StoreEntry>, id: string | null | undefined) {
  for await (const entry of entries) if (entry.id !== id) yield entry;
}

import { BatchedList, batchesOf } from '../../base/batches.js';
import type { Clock } from '../../base/clock.js';
import { bare } from '../../base/own.js';
import { isSessionId, type SessionRecord, type SessionStore, type StoreEntry } from '../../store/contract.js';
import { isDeniedEntry, type UnreadableEntry, unreadableError } from '../../store/denied.js';
import type { Emit } from '../lifecycle/events.js';
import { type Conditions, isMeant, matches, matchesButState, type SessionFilter } from './filter.js';
import { describeDetail, describeEntry, type SessionDetail, type SessionInfo } from './info.js';
import { type Authorities, askDirectory, Refusals } from './refusal.js';
import { entriesOfUsers, type UnlistedSessions } from './user-entries.js';

/** Where sessions are looked up and judged. */
export interface Sources extends Authorities {
  store: SessionStore;
  /** Leave out sessions that began after this moment (ms): they were not there yet. Default: leave out none. */
  asOf?: number | undefined;
  /** Find sessions of users that the store's lists lack, too: reads all records. Default: only what the lists have. */
  unlisted?: UnlistedSessions | undefined;
}

/** What `SessionAdmin` works with. */
export interface AdminSources extends Sources {
  /** The time in ms. */
  clock: Clock;
  /** Emits `ended` for each session, and one `purged` with the number of records. */
  emit?: Emit;
  /** Called for each record that a purge removes before it was expired: for its user the session ends. */
  onRemoved?: (record: SessionRecord) => void;
}

/** The stored sessions that a filter selects. */
export class Selection {
  readonly #sources: Sources;
  readonly #filter: SessionFilter;
  readonly #isEnding: boolean;
  readonly #refusals: Refusals;
  /** Null until the filter's user names are resolved. */
  #conditions: Conditions | null = null;

  /**
   * @param isEnding whether the sessions are to end or to go. Then those that this process lacks the right to read are given, whatever
   *   the filter asks for: it may mean them. Default: only where nothing else is asked than whose they are
   */
  constructor(sources: Sources, filter: SessionFilter, { isEnding = false } = {}) {
    this.#sources = sources;
    this.#filter = bare(filter);
    this.#isEnding = isEnding;
    this.#refusals = new Refusals(sources);
  }

  /**
   * The sessions selected at `now` (ms), in no order, one at a time. Asks the directory only if the filter needs it.
   * @param isShown whether `describe` will be asked for them, so that each has to be judged
   * @param isQuick leave out what the store's lists of users lack, even if the sources ask for it
   */
  entries(now: number, isShown = false, isQuick = false): AsyncIterable<StoreEntry> {
    const { state, where } = this.#filter;
    const judging = isShown || where !== undefined || state === 'active' || state === 'refused';
    return new BatchedList(() => this.#select(now, judging, (entry) => entry, isQuick));
  }

  /** The same sessions as operators see them. */
  infos(now: number): AsyncIterable<SessionInfo> {
    return new BatchedList(() =>
      this.#select(now, true, (entry, refused) => describeEntry(entry, now, refused)),
    );
  }

  /** The same sessions with their data. */
  details(now: number): AsyncIterable<SessionDetail> {
    return new BatchedList(() =>
      this.#select(now, true, (entry, refused) => describeDetail(entry, now, refused)),
    );
  }

  /** A session of `entries`, judged there, as operators see it. */
  describe(entry: StoreEntry, now: number): SessionInfo {
    return describeEntry(entry, now, this.#refusals.known(entry, now) ?? false);
  }

  /** Whether a selected session, as it is now, still meets the filter (I5). */
  stillMeans(entry: StoreEntry, now: number): boolean {
    return matches(entry, this.#conditions ?? {}, now, this.#refusals.known(entry, now));
  }

  /** Maps the entries itself: one more layer would cost about 1 s per million sessions. */
  async *#select<T>(
    now: number,
    judging: boolean,
    as: (entry: StoreEntry, refused: boolean) => T,
    isQuick = false,
  ): AsyncGenerator<T[]> {
    const conditions = await resolveUsers(this.#sources, this.#filter, this.#isEnding);
    this.#conditions = conditions;
    const { asOf } = this.#sources;
    for await (const batch of batchesOf(this.#candidates(conditions, now, isQuick))) {
      const selected: T[] = [];
      for (const found of batch) {
        const entry = this.#isEnding ? outlined(found) : found;
        if (isDeniedEntry(entry)) {
          if (this.#meansDenied(entry, now)) selected.push(as(entry, false));
          continue;
        }
        if (!matchesButState(entry, conditions, now) || hasNotBegun(entry, asOf)) continue;
        const known = judging ? this.#refusals.known(entry, now) : false;
        const refused = known ?? (await this.#refusals.judge(entry, now));
        if (isMeant(entry, conditions, now, refused)) selected.push(as(entry, refused));
      }
      if (selected.length > 0) yield selected;
    }
  }

  /** Where users are asked for, it comes from a list of their sessions. */
  #meansDenied(entry: StoreEntry, now: number): boolean {
    const { userIds: _users, ...others } = this.#conditions ?? {};
    return this.#isEnding || matches(entry, others, now);
  }

  #candidates({ userIds, state }: Conditions, now: number, isQuick: boolean): AsyncIterable<StoreEntry> {
    const { store, unlisted = null } = this.#sources;
    const { ids } = this.#filter;
    if (ids !== undefined) return entriesById(store, ids);
    if (userIds === undefined) return store.scan();
    const past = state !== 'active' && state !== 'refused';
    return entriesOfUsers(store, userIds, { past, now, unlisted: isQuick ? null : unlisted });
  }
}

/** A session that may not be read, and can end by what is known of it, as far as that goes. */
function outlined(entry: StoreEntry): StoreEntry {
  if (!isDeniedEntry(entry) || entry.outline === undefined) return entry;
  return { id: entry.id, bytes: entry.bytes, record: entry.outline };
}

/** Whether a session was not there yet at `asOf`. */
export function hasNotBegun({ record }: StoreEntry, asOf = Number.POSITIVE_INFINITY): boolean {
  return record !== null && record.created > asOf;
}

/** The stored session with this whole id, readable or not; or null. */
export async function findEntry(store: SessionStore, id: string): Promise<StoreEntry | null> {
  for await (const entry of store.scan({ prefix: id })) if (entry.id === id) return entry;
  return null;
}

/**
 * The user ids of each name: the one that the directory has, or else those in the records, for which the whole store is
 * read. An unknown name has no ids.
 * @param needsAll whether a record that may not be read is an error while there is a name without ids: it may be that user's
 * @throws StoreError when the directory fails; DeniedRecordError
 */
export async function userIdsByName(
  { store, users }: Sources,
  names: readonly string[],
  needsAll = false,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  const unknown = new Set<string>();
  for (const name of names) {
    const user = users && (await askDirectory(users, (directory) => directory.findByName(name)));
    found.set(name, new Set(user ? [user.id] : []));
    if (!user) unknown.add(name);
  }
  if (unknown.size === 0) return found;
  let denied: UnreadableEntry | null = null;
  for await (const entry of store.scan()) {
    if (isDeniedEntry(entry)) denied ??= entry;
    const { record } = entry;
    if (record?.user && unknown.has(record.user.name)) found.get(record.user.name)?.add(record.user.id);
  }
  if (needsAll && denied !== null && [...found.values()].some((ids) => ids.size === 0))
    throw unreadableError(denied);
  return found;
}

/** Resolves the user names of a filter to ids. @throws StoreError when the directory fails */
async function resolveUsers(sources: Sources, filter: SessionFilter, needsAll: boolean): Promise<Conditions> {
  const { ids: _candidates, userId, userName, ...conditions } = filter;
  if (userId !== undefined) return bare({ ...conditions, userIds: new Set(listOf(userId)) });
  if (userName === undefined) return bare(conditions);
  const found = await userIdsByName(sources, listOf(userName), needsAll);
  return bare({ ...conditions, userIds: new Set([...found.values()].flatMap((ids) => [...ids])) });
}

async function* entriesById(store: SessionStore, ids: readonly string[]): AsyncGenerator<StoreEntry> {
  // A string that is not a session id names no session, and must not reach the store (I6).
  for (const id of new Set(ids.filter(isSessionId))) {
    const entry = await findEntry(store, id);
    if (entry !== null) yield entry;
  }
}

function listOf(values: string | readonly string[]): readonly string[] {
  return typeof values === 'string' ? [values] : values;
}

import { BatchedList, batchesOf } from '../../base/batches.js';
import type { FindByUserOptions, SessionStore, StoreEntry } from '../../store/contract.js';

/**
 * Asks for the sessions that a store's list of a user's sessions lacks: after a crash or a restored backup it may be incomplete.
 * Counts those that are not over.
 */
export class UnlistedSessions {
  /** How many sessions were found that are not over, and that no list has. */
  readonly #ids = new Set<string>();
  /** Called with the number of records that a look at all of them has read so far. */
  onRead: (records: number) => void = () => {};

  get count(): number {
    return this.#ids.size;
  }

  note(id: string): void {
    this.#ids.add(id);
  }
}

/** Which sessions of users to give. */
interface UserEntriesOptions extends FindByUserOptions {
  /** The time (ms). */
  now: number;
  /** Read every record after the lists, and note here what they lack. Null: only what the lists have. */
  unlisted: UnlistedSessions | null;
}

/** The sessions of these users: first those of the store's lists, which come at once, then those that only a look at all records finds. */
export function entriesOfUsers(
  store: SessionStore,
  userIds: ReadonlySet<string>,
  options: UserEntriesOptions,
): AsyncIterable<StoreEntry> {
  return new BatchedList(() => inLists(store, userIds, options));
}

async function* inLists(
  store: SessionStore,
  userIds: ReadonlySet<string>,
  { past, now, unlisted }: UserEntriesOptions,
): AsyncGenerator<readonly StoreEntry[]> {
  const given = new Set<string>();
  for (const userId of userIds) {
    for await (const batch of batchesOf(store.findByUser(userId, { past: past ?? false }))) {
      if (unlisted !== null) for (const { id } of batch) given.add(id);
      yield batch;
    }
  }
  if (unlisted !== null) yield* notInLists(store, userIds, { given, now, unlisted });
}

async function* notInLists(
  store: SessionStore,
  userIds: ReadonlySet<string>,
  { given, now, unlisted }: { given: ReadonlySet<string>; now: number; unlisted: UnlistedSessions },
): AsyncGenerator<readonly StoreEntry[]> {
  let read = 0;
  for await (const batch of batchesOf(store.scan())) {
    const others = batch.filter(
      ({ id, record }) => record?.user != null && userIds.has(record.user.id) && !given.has(id),
    );
    // Before the caller ends one: that lists it.
    await noteUnlisted(store, others, now, unlisted);
    if (others.length > 0) yield others;
    read += batch.length;
    unlisted.onRead(read);
  }
}

/** Looks at the lists again, because a session may have begun after the first look. */
async function noteUnlisted(
  store: SessionStore,
  others: readonly StoreEntry[],
  now: number,
  unlisted: UnlistedSessions,
): Promise<void> {
  const suspects = others.filter(
    ({ record }) => record !== null && record.ended === null && record.expires > now,
  );
  const listed = new Set<string>();
  for (const userId of new Set(suspects.map(({ record }) => record?.user?.id ?? ''))) {
    for await (const batch of batchesOf(store.findByUser(userId, { past: true })))
      for (const { id } of batch) listed.add(id);
  }
  for (const { id } of suspects) if (!listed.has(id)) unlisted.note(id);
}

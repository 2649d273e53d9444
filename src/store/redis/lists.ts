import type { StoreEntry } from '../contract.js';
import { GONE_BYTES, isGone } from './cell.js';
import type { Cells } from './cells.js';
import type { Connection } from './connection.js';
import { entryOf, sweeping } from './decisions.js';
import type { Keys } from './keys.js';
import { layoutDigest, scanIds } from './scan.js';
import { mayBeOver } from './ttl.js';
import type { IndexEntry, UserIndex } from './user-index.js';

/** How many records are asked for at a time: one may have megabytes. */
const AT_ONCE = 100;

export interface RedisParts {
  connection: Connection;
  keys: Keys;
  cells: Cells;
  users: UserIndex;
  readOnly: boolean;
}

/** Every record, or those whose id begins with a prefix. */
export async function* scanRecords(parts: RedisParts, prefix: string): AsyncGenerator<StoreEntry[]> {
  const ids =
    prefix.length === 32 ? only(prefix) : scanIds(parts.connection, parts.keys, parts.keys.sessions(prefix));
  for await (const batch of ids) {
    for (const some of chunks(batch))
      yield (await Promise.all(some.map((id) => entry(parts, id)))).filter(isThere);
  }
}

/** The ids under which a record may have expired, by the time to live of their keys. */
export async function* expiredIds(parts: RedisParts, at: number): AsyncGenerator<string[]> {
  for await (const keys of keysThatMayBeOver(parts, at)) {
    const ids = keys.filter(({ hasTombstone }) => !hasTombstone).map(({ id }) => id);
    if (ids.length > 0) yield ids;
  }
}

/** Removes the tombstones that are over. Redis does so by itself an hour after they were written. */
export async function sweepTombstones(parts: RedisParts, at: number): Promise<number> {
  let count = 0;
  for await (const keys of keysThatMayBeOver(parts, at)) {
    const ids = keys.filter(({ hasTombstone }) => hasTombstone).map(({ id }) => id);
    for (const some of chunks(ids)) {
      const swept = await Promise.all(
        some.map((id) => parts.cells.change(id, (cell) => sweeping(id, cell, at))),
      );
      count += swept.filter(Boolean).length;
    }
  }
  return count;
}

/** The records of one user. Mends the list of the user's sessions where it is wrong. */
export async function* recordsOfUser(parts: RedisParts, userId: string): AsyncGenerator<StoreEntry[]> {
  const listed = await parts.users.entriesOf(userId);
  if (listed === null) return yield* searchedFor(parts, userId);
  for (const some of chunks(listed)) {
    const found = await Promise.all(some.map((one) => listedRecord(parts, parts.keys.user(userId), one)));
    yield found.filter(isThere);
  }
}

/** The records of one user among all: slow, but none is missing. */
async function* searchedFor(parts: RedisParts, userId: string): AsyncGenerator<StoreEntry[]> {
  for await (const some of scanRecords(parts, ''))
    yield some.filter(({ record }) => record?.user?.id === userId);
}

/** The record of an entry under a user's key, if it is that user's. Mends the entry where it is wrong. */
async function listedRecord(parts: RedisParts, key: string, listed: IndexEntry): Promise<StoreEntry | null> {
  const found = await entry(parts, listed.id);
  if (found?.record?.user && parts.keys.user(found.record.user.id) === key) {
    if (!parts.readOnly) await parts.users.confirm(found.record, listed.score);
    return found;
  }
  // An unreadable record is not known to be this user's. Its entry stays for when somebody repairs it.
  const isAbsent = found === null || found.record !== null;
  if (isAbsent && !parts.readOnly) await parts.users.doubt(key, listed);
  return null;
}

/** Looks at the entries of all users that are over or in doubt. */
export async function sweepUsers(parts: RedisParts): Promise<void> {
  const { connection, keys, users } = parts;
  for await (const digests of scanIds(connection, keys, keys.users)) {
    for (const some of chunks(digests)) await Promise.all(some.map((digest) => tidy(keys.userOf(digest))));
  }
  async function tidy(key: string): Promise<void> {
    for (const some of chunks(await users.dueEntries(key)))
      await Promise.all(some.map((one) => listedRecord(parts, key, one)));
  }
}

/**
 * Lists every record again when servers changed since that was last done: a failover may have lost entries whose records, on
 * another server, are still there. Deleting the key `listed` asks for it, too.
 */
export async function relistUsers(parts: RedisParts): Promise<void> {
  const { connection, keys, users } = parts;
  const layout = await layoutDigest(connection);
  const key = keys.listed;
  if ((await connection.call({ isWrite: false }).send(key, ['GET', key])) === layout) return;
  for await (const some of scanRecords(parts, '')) await Promise.all(some.map(relist));
  await connection.call({ isWrite: true }).send(key, ['SET', key, layout]);

  async function relist({ id, record }: StoreEntry): Promise<void> {
    const user = record?.user;
    if (user) await users.confirm(record, await users.scoreOf(user.id, id));
  }
}

async function entry({ cells }: RedisParts, id: string): Promise<StoreEntry | null> {
  return entryOf(id, (await cells.read(id)).text);
}

/** The keys whose time to live says that something under them may be over at `at`. */
async function* keysThatMayBeOver(
  { connection, keys }: RedisParts,
  at: number,
): AsyncGenerator<{ id: string; hasTombstone: boolean }[]> {
  const now = Date.now();
  for await (const ids of scanIds(connection, keys, keys.sessions(''))) {
    const call = connection.call({ isWrite: false });
    const ask = (id: string, command: string, ...args: string[]) =>
      call.send(keys.session(id), [command, keys.session(id), ...args]);
    const ttls = await Promise.all(ids.map((id) => ask(id, 'PTTL')));
    const due = ids.filter((_, n) => mayBeOver(Number(ttls[n]), at, now));
    const beginnings = await Promise.all(due.map((id) => ask(id, 'GETRANGE', '0', String(GONE_BYTES - 1))));
    if (due.length > 0) yield due.map((id, n) => ({ id, hasTombstone: isGone(beginnings[n]) }));
  }
}

function isThere(found: StoreEntry | null): found is StoreEntry {
  return found !== null;
}

async function* only(id: string): AsyncGenerator<string[]> {
  yield [id];
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += AT_ONCE) yield items.slice(at, at + AT_ONCE);
}

import { DAY } from '../../base/clock.js';
import type { StoreEntry } from '../contract.js';
import { layoutDigest } from './layout.js';
import { scanRecords } from './lists.js';
import { chunks, entry, isThere, type RedisParts } from './parts.js';
import { nullForOtherType, problemOf } from './redis-error.js';
import { scanIds } from './scan.js';
import type { IndexEntry } from './user-index.js';

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
 * another server, are still there. Also after a day, because somebody may have removed a list. Deleting the key `listed` asks for
 * it, too.
 */
export async function relistUsers(parts: RedisParts): Promise<void> {
  const { connection, keys, users } = parts;
  const layout = await layoutDigest(connection);
  const key = keys.listed;
  if (isRecent(await markOf(parts), layout)) return;
  for await (const some of scanRecords(parts, '')) await Promise.all(some.map(relist));
  const mark = `${layout} ${Date.now()}`;
  await connection.call({ isWrite: true }).send(key, ['SET', key, mark]).catch(ifNotFull);

  async function relist({ id, record }: StoreEntry): Promise<void> {
    const user = record?.user;
    if (user) await users.confirm(record, await users.scoreOf(user.id, id));
  }
}

/** The layout of the servers and the time (ms) of the last time; null when there is no such mark. */
async function markOf({ connection, keys }: RedisParts): Promise<string | null> {
  const call = connection.call({ isWrite: false });
  return (await call.send(keys.listed, ['GET', keys.listed]).catch(nullForOtherType)) as string | null;
}

function isRecent(mark: string | null, layout: string): boolean {
  const [before, time] = mark?.split(' ') ?? [];
  return before === layout && Math.abs(Date.now() - Number(time)) < DAY;
}

/** A full Redis is purged, too: then the next purge lists again. @throws any other error */
function ifNotFull(error: unknown): void {
  if (problemOf(error) !== 'full') throw error;
}

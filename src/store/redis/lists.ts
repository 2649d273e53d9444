import type { StoreEntry } from '../contract.js';
import type { EndedSession } from '../tombstone-list.js';
import { GONE_BYTES, isGone } from './cell.js';
import { sweeping } from './decisions.js';
import { AT_ONCE, chunks, entry, isThere, type RedisParts } from './parts.js';
import { nullForOtherType } from './redis-error.js';
import { scanIds } from './scan.js';
import { mayBeOver } from './ttl.js';

/** How many records a list asks for first. One may have megabytes. */
const FIRST_AT_ONCE = 10;

/** How many bytes (UTF-8) of records a list asks for at a time, as far as the batch before can tell. */
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Every record, or those whose id begins with a prefix. */
export async function* scanRecords(parts: RedisParts, prefix: string): AsyncGenerator<StoreEntry[]> {
  const ids =
    prefix.length === 32 ? only(prefix) : scanIds(parts.connection, parts.keys, parts.keys.sessions(prefix));
  let count = FIRST_AT_ONCE;
  for await (const batch of ids) {
    for (let at = 0; at < batch.length; ) {
      const some = batch.slice(at, at + count);
      const found = (await Promise.all(some.map((id) => entry(parts, id)))).filter(isThere);
      at += some.length;
      count = countAfter(found);
      yield found;
    }
  }
}

/** The ids under which a record may have expired, by the time to live of their keys. */
export async function* expiredIds(parts: RedisParts, at: number): AsyncGenerator<string[]> {
  for await (const keys of keysThatMayBeOver(parts, at)) {
    const ids = keys.filter(({ hasTombstone }) => !hasTombstone).map(({ id }) => id);
    if (ids.length > 0) yield ids;
  }
}

/** Every tombstone. Reads the beginning of each key, and no record. */
export async function* listTombstones(parts: RedisParts): AsyncGenerator<EndedSession[]> {
  const { connection, keys, cells } = parts;
  for await (const ids of scanIds(connection, keys, keys.sessions(''))) {
    for (const some of chunks(await thoseGone(parts, ids))) {
      const found = await Promise.all(
        some.map(async (id) => ({ id, tombstone: (await cells.read(id)).tombstone })),
      );
      yield found.filter((one): one is EndedSession => one.tombstone !== null);
    }
  }
}

/** The ids under which a tombstone stands. A key of another type holds none; it is named when the record is looked at (I4). */
async function thoseGone({ connection, keys }: RedisParts, ids: readonly string[]): Promise<string[]> {
  const call = connection.call({ isWrite: false });
  const beginnings = await Promise.all(
    ids.map((id) =>
      call
        .send(keys.session(id), ['GETRANGE', keys.session(id), '0', String(GONE_BYTES - 1)])
        .catch(nullForOtherType),
    ),
  );
  return ids.filter((_, n) => isGone(beginnings[n]));
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

/** The keys whose time to live says that something under them may be over at `at`. */
async function* keysThatMayBeOver(
  parts: RedisParts,
  at: number,
): AsyncGenerator<{ id: string; hasTombstone: boolean }[]> {
  const { connection, keys } = parts;
  const now = Date.now();
  for await (const ids of scanIds(connection, keys, keys.sessions(''))) {
    const call = connection.call({ isWrite: false });
    const ask = (id: string, command: string, ...args: string[]) =>
      call.send(keys.session(id), [command, keys.session(id), ...args]);
    const ttls = await Promise.all(ids.map((id) => ask(id, 'PTTL')));
    const due = ids.filter((_, n) => mayBeOver(Number(ttls[n]), at, now));
    const gone = new Set(await thoseGone(parts, due));
    if (due.length > 0) yield due.map((id) => ({ id, hasTombstone: gone.has(id) }));
  }
}

/** How many records to ask for after these. */
function countAfter(found: readonly StoreEntry[]): number {
  const largest = found.reduce((most, { bytes }) => Math.max(most, bytes), 1);
  return Math.min(Math.max(Math.floor(BYTES_AT_ONCE / largest), 1), AT_ONCE);
}

async function* only(id: string): AsyncGenerator<string[]> {
  yield [id];
}

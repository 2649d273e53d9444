import type { Soon } from '../../base/soon.js';
import type { SessionOwner, SessionRecord } from '../contract.js';
import type { Call, Connection } from './connection.js';
import type { Keys } from './keys.js';
import { run, script } from './script.js';
import { timeToLive } from './ttl.js';

/** Adds an id with the time after which its record is gone, and keeps the key for as long as its last id. */
const ADD = script(`
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
local left = ARGV[1] - ARGV[3]
if redis.call('PTTL', KEYS[1]) < left then redis.call('PEXPIRE', KEYS[1], string.format('%d', left)) end
return 1
`);

/** What the entry of a record depends on. */
export type Listed = Pick<SessionRecord, 'user' | 'expires' | 'seen'>;

/** How long (ms) an id without a record is kept: its record may be about to be created. */
const DOUBT = 60_000;

const DAY = 86_400_000;

/**
 * The ids of each user's sessions: a sorted set under a key of its own, in a slot of its own. A record and its entry cannot be
 * written in one step, so the entry comes first and goes last: a crash leaves an entry without a record, never a record without
 * an entry. Whoever lists a user's sessions removes such entries, when they are older than any `create` takes.
 */
export class UserIndex {
  readonly #connection: Connection;
  readonly #keys: Keys;

  constructor(connection: Connection, keys: Keys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** Before a record is written: adds it, unless it is listed for at least as long already. */
  add(call: Call, record: SessionRecord, before: Listed | null): Soon<void> {
    if (record.user === null) return;
    const now = Date.now();
    const until = listedUntil(record, now);
    if (before?.user?.id === record.user.id && listedUntil(before, now) === until) return;
    return this.#put(call, record.user.id, record.id, until, now);
  }

  /** After a record went, or changed hands. A failure leaves an entry that goes by itself. */
  async remove(call: Call, id: string, user: SessionOwner | null | undefined): Promise<void> {
    if (user === null || user === undefined) return;
    const key = this.#keys.user(user.id);
    await call.send(key, ['ZREM', key, id]).catch(() => {});
  }

  /** The ids, and until when (ms) each is listed. */
  async idsOf(userId: string): Promise<Map<string, number>> {
    const key = this.#keys.user(userId);
    const reply = await this.#connection
      .call({ isWrite: false })
      .send(key, ['ZRANGE', key, '0', '-1', 'WITHSCORES']);
    return new Map(pairsOf(reply as unknown[]));
  }

  /** An id whose record is not there: it goes at once if its time is over, else in a minute, if it is not there then. */
  async doubt(userId: string, id: string, until: number): Promise<void> {
    const key = this.#keys.user(userId);
    const now = Date.now();
    if (until <= now) await this.#call().send(key, ['ZREM', key, id]);
    else await this.#call().send(key, ['ZADD', key, 'XX', 'LT', String(now + DOUBT), id]);
  }

  /** An id whose record is there: mends an entry that was doubted before the record was created. */
  async confirm(record: SessionRecord, until: number): Promise<void> {
    const now = Date.now();
    if (record.user !== null && until < timeToLive(record.expires, now) + now)
      await this.#put(this.#call(), record.user.id, record.id, listedUntil(record, now), now);
  }

  async #put(call: Call, userId: string, id: string, until: number, now: number): Promise<void> {
    await run(call, ADD, this.#keys.user(userId), [String(until), id, String(now)]);
  }

  #call(): Call {
    return this.#connection.call({ isWrite: true });
  }
}

/**
 * Until when (ms) a record is listed: somewhat longer than it is kept, in steps of a tenth of its lifetime, so that most saves
 * leave the entry as it is.
 */
function listedUntil({ expires, seen }: Listed, now: number): number {
  const step = Math.min(Math.max((expires - seen) / 10, DOUBT), DAY);
  const kept = now + timeToLive(expires, now);
  return Math.round(Math.ceil(kept / step + 1) * step);
}

/** Redis replies with one list of both, or with a list of pairs (RESP3). */
function pairsOf(reply: readonly unknown[]): [string, number][] {
  const flat = reply.flat();
  const pairs: [string, number][] = [];
  for (let n = 0; n < flat.length; n += 2) pairs.push([String(flat[n]), Number(flat[n + 1])]);
  return pairs;
}

import { DAY, HOUR, MINUTE } from '../../base/clock.js';
import type { Soon } from '../../base/soon.js';
import type { SessionOwner, SessionRecord } from '../contract.js';
import type { Call } from './call.js';
import type { Connection } from './connection.js';
import { evictionPolicy, mayEvictLists } from './eviction.js';
import type { Keys } from './keys.js';
import { LONGEST_TIMEOUT } from './options.js';
import { isOfOtherType, nullForOtherType } from './redis-error.js';
import { run, type Script, script } from './script.js';
import { GRACE, SKEW } from './ttl.js';

/**
 * Adds an id with its score, and drops those that were over ARGV[3] ms ago by the clock of Redis. The key has no time to live:
 * no `volatile-` policy evicts it while the records are there, which have one. It goes with its last entry.
 */
const ADDITION = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, redis.call('TIME')[1] * 1000 - ARGV[3])
redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2])
return 1
`;
/** A full Redis refuses it, as it refuses the record. Without its first line Redis would let it go on after the first write. */
const ADD = script(`#!lua${ADDITION}`);
/** For a record that is there, and for a change that ends a session. */
const ADD_WHEN_FULL = script(ADDITION, 'allow-oom');

/** Gives an id another score, or removes it, if its score is still the one that was read. */
const REPLACE = script(
  `
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then redis.call('ZREM', KEYS[1], ARGV[1])
else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
return 1
`,
  'allow-oom',
);

/** What the entry of a record depends on. */
export type Listed = Pick<SessionRecord, 'user' | 'expires' | 'seen'>;

/** An id in a user's set. Its score is the time (ms) until which it is listed; negative: since when its record is in doubt. */
export interface IndexEntry {
  id: string;
  score: number;
}

/** The score of an id that is not in the set. */
const UNLISTED = Number.NEGATIVE_INFINITY;

/**
 * How long (ms) an id without a record is kept: its record may be about to be created. A `create` may take its time limit, and
 * what it sent may wait in a client that was given up for as long again.
 */
export const DOUBT = 2 * LONGEST_TIMEOUT + SKEW;

/**
 * The ids of each user's sessions: a sorted set under a key of its own, in a slot of its own. A record and its entry cannot be
 * written in one step, so the entry comes first and goes last: a crash leaves an entry without a record, never a record without
 * an entry. An entry whose record is not there is in doubt for longer than a `create` takes, and then goes. An entry in doubt
 * goes only after a look at the record, so two that write the same session at once lose none.
 *
 * The score is never below the record's `expires`. So an entry that Redis lost (DEL by hand, a failover that took the key's
 * slot back in time) is written again by the next save that moves `expires` by a tenth of the lifetime, and by `sweep`: after a
 * failover or restart, or when somebody deleted the key `listed`. Until then `findByUser` misses that session. What a user who
 * never comes back leaves in the set goes with the next `sweep`.
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
    const isOwners = before?.user?.id === record.user.id && before.expires > Date.now();
    if (isOwners && listedUntil(record) <= listedUntil(before)) return;
    return this.#put(call, record.user.id, record, record.ended === null ? ADD : ADD_WHEN_FULL);
  }

  /**
   * After a record went, or changed hands. A failure leaves an entry that `sweep` removes.
   * @param isForGood no record can come under this id again; else somebody may be about to write one
   */
  async remove(
    call: Call,
    id: string,
    user: SessionOwner | null | undefined,
    { isForGood }: { isForGood: boolean },
  ): Promise<void> {
    if (user === null || user === undefined) return;
    const key = this.#keys.user(user.id);
    const command = isForGood ? ['ZREM', key, id] : ['ZADD', key, 'XX', String(-Date.now()), id];
    await call.send(key, command).catch(() => {});
  }

  /** A user's entries; null when something else lies under the key, or Redis may have evicted some: an `allkeys-` policy evicts any key, or did so before. */
  async entriesOf(userId: string): Promise<IndexEntry[] | null> {
    const key = this.#keys.user(userId);
    const call = this.#connection.call({ isWrite: false });
    const [{ policy }, reply] = await Promise.all([
      evictionPolicy((args) => call.send(key, args)),
      call.send(key, ['ZRANGE', key, '0', '-1', 'WITHSCORES']).catch(nullForOtherType),
    ]);
    return reply === null || mayEvictLists(policy) ? null : entriesIn(reply);
  }

  /** The entries under a key that are over or in doubt. */
  async dueEntries(key: string): Promise<IndexEntry[]> {
    const args = ['ZRANGE', key, '-inf', String(Date.now()), 'BYSCORE', 'WITHSCORES'];
    const reply = await this.#connection.call({ isWrite: false }).send(key, args).catch(nullForOtherType);
    return reply === null ? [] : entriesIn(reply);
  }

  /** The score of a record's entry. */
  async scoreOf(userId: string, id: string): Promise<number> {
    const key = this.#keys.user(userId);
    const call = this.#connection.call({ isWrite: false });
    const score = await call.send(key, ['ZSCORE', key, id]).catch(nullForOtherType);
    return score === null ? UNLISTED : Number(score);
  }

  /**
   * An entry whose record is not there: it goes if its time is over or it was in doubt for long, else it is in doubt. Where Redis
   * takes no changes, whoever looks next tries again.
   */
  async doubt(key: string, { id, score }: IndexEntry): Promise<void> {
    const now = Date.now();
    const isOver = score < 0 ? now + score >= DOUBT : score <= now;
    if (score < 0 && !isOver) return;
    const call = this.#connection.call({ isWrite: true });
    await run(call, REPLACE, key, [id, String(score), isOver ? '' : String(-now)]).catch(() => {});
  }

  /** A record that is there, and the score of its entry: mends an entry that is missing, in doubt or over too soon. */
  async confirm(record: SessionRecord, score: number): Promise<void> {
    if (record.user !== null && score < record.expires)
      await this.#put(this.#connection.call({ isWrite: true }), record.user.id, record, ADD_WHEN_FULL);
  }

  async #put(call: Call, userId: string, record: SessionRecord, addition: Script): Promise<void> {
    const score = Math.max(listedUntil(record), Date.now() + HOUR);
    const key = this.#keys.user(userId);
    const put = () => run(call, addition, key, [String(score), record.id, String(GRACE)]);
    try {
      await put();
    } catch (error) {
      if (!isOfOtherType(error)) throw error;
      await call.send(key, ['DEL', key]); // Nothing of ours: the list begins anew, and `sweep` completes it.
      await put();
    }
  }
}

/**
 * Until when (ms) a record is listed at least: somewhat longer than it lives, in steps of a tenth of its lifetime or less, so that
 * most saves leave the entry as it is. Steps are powers of two: of two grids the finer one holds the coarser.
 */
function listedUntil({ expires, seen }: Listed): number {
  const tenth = Math.min(Math.max((expires - seen) / 10, MINUTE), DAY);
  const step = 2 ** Math.floor(Math.log2(tenth));
  return (Math.ceil(expires / step) + 1) * step;
}

/** Redis replies with one list of both, or with a list of pairs (RESP3). */
function entriesIn(reply: unknown): IndexEntry[] {
  const flat = (reply as unknown[]).flat();
  const entries: IndexEntry[] = [];
  for (let n = 0; n < flat.length; n += 2) entries.push({ id: String(flat[n]), score: Number(flat[n + 1]) });
  return entries;
}

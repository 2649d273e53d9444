import { expect } from 'vitest';
import { type RedisProblem, RedisStoreError } from '../../../../src/store/redis/redis-error.js';
import type { RedisStore } from '../../../../src/store/redis/store.js';
import { all, aRecord, increment } from '../../../aid/records.js';
import { A, LIMIT, PASSWORD } from './stores.js';

/** How much later than its limit a call may end on a busy machine, in ms. */
const SLACK = 2_000;

/** What the message of each problem tells the operator to look at. */
const REMEDIES: Readonly<Record<RedisProblem, RegExp>> = {
  unreachable: /start Redis, or look at its address/,
  timeout: /look at its load and at the network/,
  denied: /look at user name and password \(MOIN_SESSIONS_REDIS_PASSWORD\), and at the rights of the user/,
  'read-only': /give the address of the primary/,
  full: /give it more memory \('maxmemory'\), or look at its disk/,
  starting: /it loads its data or runs a long script: wait/,
  moving: /look at the cluster/,
  contended: /try again/,
  failed: /look at the log of Redis/,
};

/** What names the remedy for some answers of Redis, instead of that of the problem. */
const HINT = /look at (NAME in the address|the Sentinels)/;

/** Methods of the store that read. */
export const READS = {
  open: (store) => store.open(),
  find: (store) => store.find(A),
  tombstone: (store) => store.tombstone(A),
  scan: (store) => all(store.scan()),
  expiryCandidates: (store) => all(store.expiryCandidates(0)),
  findByUser: (store) => all(store.findByUser('u')),
} satisfies Record<string, (store: RedisStore) => Promise<unknown>>;

/** Methods of the store that write. */
export const WRITES = {
  create: (store) => store.create(aRecord('new')),
  update: (store) => store.update(A, increment),
  delete: (store) => store.delete(A, { tombstone: { reason: 'logout', at: 0, until: 1 } }),
  secret: (store) => store.secret({ create: true }),
} satisfies Record<string, (store: RedisStore) => Promise<unknown>>;

/** Why a call failed: it must fail, within its limit, with a typed error whose message names the remedy and no password. */
export async function failureOf(call: Promise<unknown>, limit = LIMIT): Promise<RedisProblem> {
  const outcome = await outcomeOf(call, limit);
  if (outcome === 'ok') throw new Error('the call succeeded');
  return outcome;
}

/** What came of a call that may succeed: `ok`, or why it failed, which must be as `failureOf` says. */
export async function outcomeOf(call: Promise<unknown>, limit = LIMIT): Promise<RedisProblem | 'ok'> {
  const failed = call.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const error = (await within(limit, failed))?.error;
  if (error === undefined) return 'ok';
  if (!(error instanceof RedisStoreError)) throw error;
  expect(error.message).toMatch(HINT.test(error.message) ? HINT : REMEDIES[error.problem]);
  expect(error.message).not.toContain('\n');
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    expect(`${cause.message} ${cause.stack} ${JSON.stringify(cause)}`).not.toContain(PASSWORD);
  return error.problem;
}

/** Makes calls at the same time. Gives what came of each. */
export async function outcomesOf(
  store: RedisStore,
  calls: Record<string, (store: RedisStore) => Promise<unknown>>,
  limit = LIMIT,
): Promise<Record<string, RedisProblem | 'ok'>> {
  const outcomes = Object.entries(calls).map(async ([name, call]) => [
    name,
    await outcomeOf(call(store), limit),
  ]);
  return Object.fromEntries(await Promise.all(outcomes));
}

/** Every method that a server or the command line calls. */
export const CALLS = { ...READS, ...WRITES };

/** The same outcome for each of these calls. */
export function each<T>(calls: object, outcome: T): Record<string, T> {
  return Object.fromEntries(Object.keys(calls).map((name) => [name, outcome]));
}

async function within<T>(limit: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`the call did not end within its limit of ${limit} ms and ${SLACK} ms`);
    timer = setTimeout(() => reject(error), limit + SLACK);
  });
  return Promise.race([call, late]).finally(() => clearTimeout(timer));
}

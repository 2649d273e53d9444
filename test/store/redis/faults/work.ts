import { expect } from 'vitest';
import type { RedisProblem } from '../../../../src/store/redis/redis-error.js';
import type { RedisStore } from '../../../../src/store/redis/store.js';
import { count } from '../../../../src/testing/store/records.js';
import { aRecord, increment } from '../../../aid/records.js';
import type { SentinelGroup } from '../../../aid/redis/sentinel.js';
import { until } from '../../../aid/redis/until.js';
import { outcomeOf } from './failure.js';
import { A, PASSWORD, PATIENT, storeAt } from './stores.js';

/** What may come of a call while a replica takes over. */
const FAILOVER = ['ok', 'unreachable', 'timeout', 'moving', 'read-only', 'starting'];

/** What came of the calls while something was wrong. */
export interface Work {
  /** How often each outcome was met. */
  outcomes: Partial<Record<RedisProblem | 'ok', number>>;
  /** Updates of A that were acknowledged. */
  acknowledged: number;
  /** Updates of A that failed, and may have been saved. */
  doubtful: number;
}

/** Finds, updates, creates and deletes, again and again, until `isOver` and each of them succeeds. */
async function workUntil(isOver: () => boolean, store: RedisStore): Promise<Work> {
  const work: Work = { outcomes: {}, acknowledged: 0, doubtful: 0 };
  const round = async (number: number) => {
    const name = `new-${number}`;
    const [updated, ...others] = await Promise.all([
      outcomeOf(store.update(A, increment)),
      outcomeOf(store.find(A)),
      outcomeOf(store.create(aRecord(name))),
      outcomeOf(store.delete(aRecord(name).id)),
    ]);
    work[updated === 'ok' ? 'acknowledged' : 'doubtful'] += 1;
    for (const outcome of [updated, ...others]) work.outcomes[outcome] = (work.outcomes[outcome] ?? 0) + 1;
    return [updated, ...others].every((outcome) => outcome === 'ok');
  };
  let number = 0;
  await until('everything succeeds again', async () => (await round(number++)) && isOver(), {
    within: 25_000,
  });
  return work;
}

/** Works while a fault happens and is repaired. */
export async function workDuring(store: RedisStore, fault: () => Promise<unknown>): Promise<Work> {
  let isOver = false;
  const over = fault().then(() => {
    isOver = true;
  });
  const [work] = await Promise.all([workUntil(() => isOver, store), over]);
  return work;
}

/** Nothing acknowledged is lost, nothing is done twice, and only typed errors of these kinds came. */
export async function expectNoLoss({ outcomes, acknowledged, doubtful }: Work, url: string): Promise<void> {
  expect(FAILOVER).toEqual(expect.arrayContaining(Object.keys(outcomes)));
  const updates = count(await storeAt(url, PATIENT).find(A));
  expect(updates).toBeGreaterThanOrEqual(acknowledged);
  expect(updates).toBeLessThanOrEqual(acknowledged + doubtful);
}

/** The address of a store at a group under Sentinel. */
export function addressOf({ sentinels, name }: SentinelGroup): string {
  return `redis+sentinel://:${PASSWORD}@${sentinels.map(({ host, port }) => `${host}:${port}`).join()}/${name}`;
}

import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../../src/base/clock.js';
import { describeEntry, type SessionInfo } from '../../../../src/session/admin/info.js';
import { TimeBuckets } from '../../../../src/session/admin/statistics/buckets.js';
import { StatisticsCounter } from '../../../../src/session/admin/statistics/statistics.js';
import { UserCounts } from '../../../../src/session/admin/statistics/user-counts.js';
import { NOW, type Sample, sample } from '../../../aid/records.js';

function info(digits: string, fields: Sample = {}, bytes = 100): SessionInfo {
  return describeEntry({ id: sample(digits).id, bytes, record: sample(digits, fields) }, NOW, false);
}

const unreadable = describeEntry({ id: 'f'.repeat(32), bytes: 7, record: null, unreadable: 'x' }, NOW, false);

describe('statistics of sessions', () => {
  it('of none are zeros, and no average', () => {
    const { states, kinds, bytes, users, expiry, age, sessions } = new StatisticsCounter(NOW).result(5);
    expect({ sessions, states, kinds }).toEqual({
      sessions: 0,
      states: { active: 0, grace: 0, expired: 0, refused: 0, unreadable: 0 },
      kinds: { user: 0, anonymous: 0 },
    });
    expect(bytes).toEqual({ sum: 0, mean: null, median: null, p95: null, largest: 0, largestId: null });
    expect(users).toEqual({ count: 0, sessions: 0, mean: null, max: 0, complete: true, top: [] });
    for (const bucket of [...expiry, ...age]) expect(bucket.sessions).toBe(0);
  });

  it('count by state and kind, and add up sizes; an unreadable session has a state and a size alone', () => {
    const counter = new StatisticsCounter(NOW);
    counter.add(info('aaaa', {}, 10));
    counter.add(info('bbbb', { user: null, cookieExpires: NOW - 1 }, 40));
    counter.add(info('cccc', { cookieExpires: NOW - 9e6 }, 40));
    counter.add({ ...info('dddd', {}, 3), state: 'refused' });
    counter.add(unreadable);
    const { sessions, states, kinds, bytes, expiry, age } = counter.result(5);
    expect({ sessions, states, kinds }).toEqual({
      sessions: 5,
      states: { active: 1, grace: 1, expired: 1, refused: 1, unreadable: 1 },
      kinds: { user: 3, anonymous: 1 },
    });
    expect(bytes).toEqual({
      sum: 100,
      mean: 20,
      median: 10,
      p95: 40,
      largest: 40,
      largestId: sample('bbbb').id,
    });
    const total = (buckets: typeof age) => buckets.reduce((sum, { sessions: count }) => sum + count, 0);
    // Cookies that have expired are in no bucket of expiry.
    expect([total(expiry), total(age)]).toEqual([2, 4]);
  });

  it('put times into buckets: a time at an end belongs to the next one, and one of the future to the first', () => {
    const buckets = new TimeBuckets();
    for (const ms of [-DAY, 0, HOUR - 1, HOUR, DAY - 1, DAY, 365 * DAY - 1, 365 * DAY, 4e12]) buckets.add(ms);
    const result = buckets.result();
    expect(result.map(({ sessions }) => sessions)).toEqual([3, 1, 1, 1, 0, 0, 0, 1, 2]);
    expect(result.slice(0, 2)).toEqual([
      { from: 0, to: 3600, sessions: 3 },
      { from: 3600, to: 21_600, sessions: 1 },
    ]);
    expect(result.at(-1)).toEqual({ from: 31_536_000, to: null, sessions: 2 });
  });

  it('name the users with the most sessions, those with as many by name', () => {
    const counts = new UserCounts();
    for (let n = 0; n < 5000; n++) counts.add(`u${n}`, `name ${n}`);
    for (const [id, more] of [
      ['u7', 3],
      ['u4999', 2],
      ['u3', 2],
    ] as const)
      for (let n = 0; n < more; n++) counts.add(id, 'another name');
    counts.add('', '');
    const top = (most: number) =>
      counts.result(most).top.map(({ userId, sessions }) => `${userId} ${sessions}`);
    expect(top(4)).toEqual(['u7 4', 'u3 3', 'u4999 3', ' 1']);
    expect(top(100_000)).toHaveLength(5001);
    expect(counts.result(1)).toMatchObject({ count: 5001, sessions: 5008, max: 4, complete: true });
    expect(counts.result(1).mean).toBeCloseTo(5008 / 5001, 10);
  });

  it('count a limited number of users, and say so when there are more', () => {
    const counts = new UserCounts(2);
    for (const id of ['a', 'b', 'c', 'a']) counts.add(id, id);
    expect(counts.result(9)).toEqual({
      count: 2,
      sessions: 3,
      mean: 1.5,
      max: 2,
      complete: false,
      top: [
        { userId: 'a', userName: 'a', sessions: 2 },
        { userId: 'b', userName: 'b', sessions: 1 },
      ],
    });
    const counter = new StatisticsCounter(NOW, { users: new UserCounts(0) });
    counter.add(info('aaaa'));
    expect(counter.result(1)).toMatchObject({ sessions: 1, kinds: { user: 1 }, users: { complete: false } });
  });
});

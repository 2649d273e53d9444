import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../../src/base/clock.js';
import { describeEntry, type SessionInfo } from '../../../../src/session/admin/info.js';
import { DIMENSIONS, type Dimension, GroupCounts } from '../../../../src/session/admin/statistics/groups.js';
import { NOW, type Sample, sample } from '../../../aid/records.js';

function info(digits: string, fields: Sample = {}): SessionInfo {
  return describeEntry({ id: sample(digits).id, bytes: 100, record: sample(digits, fields) }, NOW, false);
}

const unreadable = describeEntry({ id: 'f'.repeat(32), bytes: 7, record: null, unreadable: 'x' }, NOW, false);

function count(by: Dimension[], sessions: SessionInfo[], { most = 15, limit = 500_000 } = {}) {
  const counts = new GroupCounts(by, limit);
  for (const session of sessions) counts.add(session);
  return counts.result(most, NOW);
}

describe('sessions by a field', () => {
  it('of none are no groups', () => {
    for (const dimension of DIMENSIONS)
      expect(count([dimension], [])).toEqual({
        by: [dimension],
        rows: [],
        others: { groups: 0, sessions: 0, bytes: 0 },
        complete: true,
      });
  });

  it('the largest group is first; those of the same size are in the order of their names', () => {
    const sessions = [
      info('aaaa', { user: 'zoe' }),
      info('bbbb', { user: 'bob' }),
      info('cccc', { user: 'bob' }),
      info('dddd', { user: 'amy' }),
      info('eeee', { user: null }),
      unreadable,
    ];
    expect(count(['user'], sessions).rows).toEqual([
      { userId: null, userName: null, sessions: 2, bytes: 107 },
      { userId: 'id-bob', userName: 'bob', sessions: 2, bytes: 200 },
      { userId: 'id-amy', userName: 'amy', sessions: 1, bytes: 100 },
      { userId: 'id-zoe', userName: 'zoe', sessions: 1, bytes: 100 },
    ]);
    // Whose the sessions of a group are does not count, unless it was asked for.
    expect(count(['kind'], sessions).rows).toEqual(count(['kind'], [...sessions].reverse()).rows);
    expect(count(['kind'], sessions).rows[0]).toEqual({ kind: 'user', sessions: 4, bytes: 400 });
  });

  it('of two fields, each pair is a group of its own, whatever the texts are', () => {
    const withMethod = (digits: string, user: string, method: string) => ({
      ...info(digits, { user }),
      userId: user,
      method,
    });
    const { rows } = count(
      ['user', 'method'],
      [withMethod('aaaa', '1', '1:2'), withMethod('bbbb', '1:1', '2'), withMethod('cccc', '-', '')],
    );
    expect(rows.map(({ userId, method, sessions }) => [userId, method, sessions])).toEqual([
      ['-', '', 1],
      ['1', '1:2', 1],
      ['1:1', '2', 1],
    ]);
  });

  it('days are in their order, and one without a session is there, too', () => {
    const created = (days: number) => info(`${10 + days}ab`, { created: NOW + days * DAY });
    const { rows, others } = count(['day'], [created(-3), created(0), created(-3), created(2), unreadable]);
    expect(rows).toEqual([
      { day: '2026-04-28', sessions: 2, bytes: 200 },
      { day: '2026-04-29', sessions: 0, bytes: 0 },
      { day: '2026-04-30', sessions: 0, bytes: 0 },
      { day: '2026-05-01', sessions: 1, bytes: 100 },
    ]);
    // The session from the future and the one that has no day.
    expect(others).toEqual({ groups: 2, sessions: 2, bytes: 107 });
  });

  it('the last days are named; sessions that are older, or of a wrong clock, are among the others', () => {
    const sessions = [-400, -1, 0].map((days) => info(`${500 + days}`, { created: NOW + days * DAY }));
    const farthest = info('dddd', { created: -8.64e15 });
    const { rows, others } = count(['day'], [...sessions, farthest], { most: 2 });
    expect(rows.map(({ day, sessions: number }) => `${day} ${number}`)).toEqual([
      '2026-04-30 1',
      '2026-05-01 1',
    ]);
    expect(others).toMatchObject({ groups: 2, sessions: 2 });
    const days = (most: number) =>
      count(['day'], [...sessions, farthest, unreadable], { most }).rows.map(({ day }) => day);
    const all = ['-271821-04-20', '2025-03-27', '2026-04-30', '2026-05-01'];
    expect(days(1e9)).toEqual(all);
    expect(days(Number.POSITIVE_INFINITY)).toEqual([...all, null]);
  });

  it('of a day and another field, the days are in their order', () => {
    const sessions = [
      info('aaaa', { created: NOW }),
      info('bbbb', { created: NOW - DAY, user: null }),
      info('cccc', { created: NOW - DAY }),
      info('dddd', { created: NOW - DAY }),
    ];
    const texts = (by: Dimension[]) =>
      count(by, sessions).rows.map(({ day, kind, sessions: number }) => `${day} ${kind} ${number}`);
    const expected = ['2026-04-30 user 2', '2026-04-30 anonymous 1', '2026-05-01 user 1'];
    expect(texts(['day', 'kind'])).toEqual(expected);
    expect(texts(['kind', 'day'])).toEqual(expected);
  });

  it('a limited number of groups is counted one by one; the sum is true nevertheless', () => {
    const sessions = ['amy', 'bob', 'cid', 'amy', 'cid'].map((user, n) => info(`${n}abc`, { user }));
    expect(count(['user'], sessions, { limit: 2, most: 1 })).toEqual({
      by: ['user'],
      rows: [{ userId: 'id-amy', userName: 'amy', sessions: 2, bytes: 200 }],
      others: { groups: 1, sessions: 3, bytes: 300 },
      complete: false,
    });
  });

  it('rows and others add up to all sessions, whatever is counted and named', () => {
    const anySession = fc
      .record({
        user: fc.option(fc.constantFrom('amy', 'bob', 'cid')),
        created: fc.integer({ min: NOW - 20 * DAY, max: NOW + 3 * DAY }),
      })
      .map((fields) => info('aaaa', fields));
    const by = fc.uniqueArray(fc.constantFrom(...DIMENSIONS), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(anySession),
        by,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 9 }),
        (all, dimensions, most, limit) => {
          const { rows, others } = count(dimensions, all, { most, limit });
          const sum = rows.reduce((total, { sessions }) => total + sessions, others.sessions);
          expect(sum).toBe(all.length);
          expect(rows.length).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});

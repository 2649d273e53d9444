import { describe, expect, it } from 'vitest';
import { relative, span } from '../../../src/auth/methods/moin-session/phrases.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/base/clock.js';
import { type Conditions, matches } from '../../../src/session/admin/filter.js';
import { describeDetail, describeEntry, SESSION_FIELDS } from '../../../src/session/admin/info.js';
import type { SessionRecord, StoreEntry } from '../../../src/store/contract.js';

const ID = 'a'.repeat(32);
const NOW = 10 * DAY;

const record: SessionRecord = {
  version: 1,
  id: ID,
  kind: 'user',
  user: { id: 'u1', name: 'alice', method: 'test' },
  created: NOW - DAY,
  seen: NOW - HOUR,
  cookieExpires: NOW + HOUR,
  expires: NOW + 2 * HOUR,
  revision: 3,
  remember: false,
  ended: null,
  client: { address: '192.0.2.7', userAgent: null, url: '/cart' },
  data: JSON.parse('{"__proto__":1,"cart":2}'),
};
const entry: StoreEntry = { id: ID, bytes: 7, record };
const torn: StoreEntry = { id: ID, bytes: 3, record: null, unreadable: 'it is empty' };

describe('matches', () => {
  it.each<[Conditions, boolean]>([
    [{}, true],
    [{ userIds: new Set(['u2', 'u1']) }, true],
    [{ userIds: new Set(['alice']) }, false],
    [{ userIds: new Set() }, false],
    [{ kind: 'anonymous' }, false],
    [{ kind: 'user' }, true],
    [{ state: 'active' }, true],
    [{ state: 'expired' }, false],
    [{ state: 'refused' }, false],
    [{ expiresWithin: HOUR }, true],
    [{ expiresWithin: HOUR - 1 }, false],
    [{ idle: HOUR }, true],
    [{ idle: HOUR + 1 }, false],
    [{ hasKey: 'cart' }, true],
    [{ hasKey: '__proto__' }, true],
    [{ hasKey: 'constructor' }, false],
    [{ userIds: new Set(['u1']), state: 'expired' }, false],
  ])('a readable session: %o -> %s', (filter, expected) => {
    expect(matches(entry, filter, NOW)).toBe(expected);
  });

  it('spec 7: expiresWithin compares when the cookie expires, and excludes sessions that have expired', () => {
    expect(matches(entry, { expiresWithin: DAY }, record.cookieExpires - 1)).toBe(true);
    expect(matches(entry, { expiresWithin: DAY }, record.cookieExpires)).toBe(false);
  });

  it('spec 2: refused is a state of its own, until the cookie expires', () => {
    const states = ['active', 'refused', 'grace', 'expired'] as const;
    const stateAt = (now: number) => states.filter((state) => matches(entry, { state }, now, true));
    expect(stateAt(record.cookieExpires - 1)).toEqual(['refused']);
    expect(stateAt(record.cookieExpires)).toEqual(['grace']);
    expect(stateAt(record.expires)).toEqual(['expired']);
  });

  it.each<[Conditions, boolean]>([
    [{}, true],
    [{ state: 'unreadable' }, true],
    [{ state: 'expired' }, false],
    [{ userIds: new Set(['u1']) }, false],
    [{ kind: 'user' }, false],
    [{ idle: 0 }, false],
    [{ hasKey: 'cart' }, false],
    [{ expiresWithin: DAY }, false],
  ])('I4: an unreadable one: %o -> %s', (filter, expected) => {
    expect(matches(torn, filter, NOW)).toBe(expected);
  });
});

describe('describeEntry and describeDetail (spec 7)', () => {
  it('the fields of a session, under their names', () => {
    expect(describeDetail(entry, NOW, null)).toEqual({
      id: ID,
      kind: 'user',
      state: 'active',
      userId: 'u1',
      userName: 'alice',
      method: 'test',
      created: new Date(NOW - DAY),
      seen: new Date(NOW - HOUR),
      cookieExpires: new Date(NOW + HOUR),
      expires: new Date(NOW + 2 * HOUR),
      endedBy: null,
      endedAt: null,
      endReason: null,
      address: '192.0.2.7',
      userAgent: null,
      url: '/cart',
      keys: ['__proto__', 'cart'],
      bytes: 7,
      data: record.data,
      revision: 3,
    });
  });

  it('spec 7: who ended a session, when and why', () => {
    const ended = { at: NOW - HOUR, by: 'administrator' as const, reason: 'a lost laptop' };
    const over = describeEntry({ ...entry, record: { ...record, ended } }, NOW, false);
    expect(over).toMatchObject({
      state: 'expired',
      endedBy: 'administrator',
      endedAt: new Date(NOW - HOUR),
      endReason: 'a lost laptop',
    });
  });

  it('I4: an unreadable session has id, state, bytes and the reason', () => {
    expect(describeEntry(torn, NOW, false)).toMatchObject({
      id: ID,
      state: 'unreadable',
      bytes: 3,
      kind: null,
      keys: null,
    });
    expect(describeDetail(torn, NOW, null)).toMatchObject({ data: null, unreadable: 'it is empty' });
  });
});

describe('phrases', () => {
  it.each([
    [0, 'a moment'],
    [999, 'a moment'],
    [SECOND, '1 second'],
    [MINUTE - 1, '59 seconds'],
    [HOUR, '1 hour'],
    [2 * DAY + HOUR, '2 days'],
  ])('%i ms is %s', (ms, text) => expect(span(ms)).toBe(text));

  it('a moment as seen from now', () => {
    expect(relative(NOW + 3 * HOUR, NOW)).toBe('in 3 hours');
    expect(relative(NOW - 3 * MINUTE, NOW)).toBe('3 minutes ago');
    expect(relative(NOW, NOW)).toBe('a moment ago');
  });
});

describe('SESSION_FIELDS', () => {
  it('names the fields of a session in the order in which describeEntry gives them', () => {
    expect(Object.keys(SESSION_FIELDS)).toEqual(Object.keys(describeEntry(entry, NOW, false)));
  });
});

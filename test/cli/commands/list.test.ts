import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/base/clock.js';
import { cli } from '../../aid/cli/fake-context.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const store = await storeOf(
  sample('aaaa', { seen: NOW - MINUTE, data: { cart: [1], trail: [] } }),
  sample('bbbb', {
    user: 'bob',
    seen: NOW - 2 * HOUR,
    cookieExpires: NOW - 90 * MINUTE,
    ended: { at: NOW - 90 * MINUTE, by: 'administrator' },
  }),
  sample('cccc', { user: null, seen: NOW - 3 * DAY, cookieExpires: NOW + DAY, data: { cart: [] } }),
  sample('dddd', { user: null, seen: NOW - 8 * DAY, cookieExpires: NOW - 30 * MINUTE }),
);
store.putBytes('e'.repeat(32), '{"half');

const ids = async (...flags: string[]) => {
  const { out, code } = await cli({ store }, 'list', '--format', 'ids', ...flags);
  expect(code).toBe(0);
  return out
    .split('\n')
    .filter(Boolean)
    .map((id) => id.slice(0, 4));
};

describe('list: filters (spec 7)', () => {
  it.each<[string[], string[]]>([
    [[], ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee']],
    [['--user', 'alice'], ['aaaa']],
    [['--user', 'id-bob'], ['bbbb']],
    [['--user-id', 'id-bob'], ['bbbb']],
    [
      ['--user', 'alice', '--user', 'id-bob'],
      ['aaaa', 'bbbb'],
    ],
    [['--user', 'alice', '--user-id', 'id-bob', '--expired'], ['bbbb']],
    [['--anonymous'], ['cccc', 'dddd']],
    [['--logged-in'], ['aaaa', 'bbbb']],
    [['--active'], ['aaaa', 'cccc']],
    [['--expired'], ['bbbb']],
    [['--expires-within', '1h'], ['aaaa']],
    [['--grace'], ['dddd']],
    [['--refused'], []],
    [['--idle', '7d'], ['dddd']],
    [
      ['--has-key', 'cart'],
      ['aaaa', 'cccc'],
    ],
    [['--has-key', 'cart', '--anonymous'], ['cccc']],
    [['--ended-by', 'administrator'], ['bbbb']],
    [['--ended-by', 'user', '--ended-by', 'limit'], []],
    [['--ended-by', 'user', '--ended-by', 'administrator', '--expired'], ['bbbb']],
    [['--unreadable'], ['eeee']],
    [['--where', 'cart[0] == 1'], ['aaaa']],
    [
      ['--where', 'cart.length < 1 || session.userName == "bob"'],
      ['bbbb', 'cccc'],
    ],
    [
      ['--where', 'session.seen < "-1h"'],
      ['bbbb', 'cccc', 'dddd'],
    ],
    [['--at', '-2d', '--where', 'session.seen < "-1h"'], []],
    [['--where', 'session.state == "grace"'], ['dddd']],
    [['--where', 'has(trail)', '--logged-in', '--active', '--user', 'alice'], ['aaaa']],
  ])('%j', async (flags, expected) => {
    expect(await ids(...flags)).toEqual(expected);
  });

  it.each([
    ['--anonymous', '--logged-in'],
    ['--active', '--expired'],
    ['--grace', '--refused'],
    ['--user', 'alice', '--anonymous'],
    ['--user-id', 'x', '--anonymous'],
    ['--unreadable', '--expired'],
    ['--unreadable', '--where', 'has(cart)'],
    ['--has-key', 'cart', '--unreadable'],
  ])('%s %s %s exclude each other: exit 2', async (...flags) => {
    const { code, err } = await cli({ store }, 'list', ...flags);
    expect(code).toBe(2);
    expect(err).toContain('exclude each other');
  });
});

describe('list: order', () => {
  it.each<[string[], string[]]>([
    [['--reverse'], ['dddd', 'cccc', 'bbbb', 'aaaa', 'eeee']],
    [
      ['--sort', 'id', '--limit', '2'],
      ['aaaa', 'bbbb'],
    ],
    [
      ['--sort', 'id', '--reverse', '--limit', '2'],
      ['eeee', 'dddd'],
    ],
    [
      ['--sort', 'expires'],
      ['bbbb', 'dddd', 'aaaa', 'cccc', 'eeee'],
    ],
    [
      ['--sort', 'userName'],
      ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee'],
    ],
    [
      ['--sort', 'keys', '--limit', '2'],
      ['aaaa', 'cccc'],
    ],
  ])('%j', async (flags, expected) => {
    expect(await ids(...flags)).toEqual(expected);
  });

  it('an unknown --sort is an error that names the fields', async () => {
    const { code, err, opened } = await cli({ store }, 'list', '--sort', 'age');
    expect(code).toBe(2);
    expect(err).toContain('choose from id, kind, state');
    expect(opened).toEqual([]);
  });

  it('sorts thousands of sessions, also with a limit', async () => {
    const records = Array.from({ length: 6100 }, (_, index) =>
      sample(((index * 7919) % 6100).toString(16).padStart(4, '0'), { seen: NOW - ((index * 7919) % 6100) }),
    );
    const many = await storeOf(...records);
    const sorted = records.map(({ id }) => id).sort();
    const all = await cli({ store: many }, 'list', '--format', 'csv', '--fields', 'id');
    expect(all.out.split('\r\n').slice(1, -1)).toEqual(sorted);
    const limited = await cli({ store: many }, 'list', '--format', 'ids', '--limit', '5500');
    expect(limited.out.trim().split('\n')).toEqual(sorted.slice(0, 5500));
    const few = await cli({ store: many }, 'list', '--format', 'ids', '--limit', '20');
    expect(few.out.trim().split('\n')).toEqual(sorted.slice(0, 20));
  });
});

describe('list: formats', () => {
  it('json is one document with full ids and ISO times', async () => {
    const { out } = await cli({ store }, 'list', '--json', '--limit', '1');
    expect(JSON.parse(out)).toEqual([
      {
        id: `aaaa${'0'.repeat(28)}`,
        kind: 'user',
        state: 'active',
        userId: 'id-alice',
        userName: 'alice',
        method: 'moin_login',
        created: '2026-05-01T11:00:00.000Z',
        seen: '2026-05-01T11:59:00.000Z',
        cookieExpires: '2026-05-01T13:00:00.000Z',
        expires: '2026-05-01T14:00:00.000Z',
        endedBy: null,
        endedAt: null,
        endReason: null,
        address: null,
        userAgent: null,
        url: null,
        keys: ['cart', 'trail'],
        bytes: expect.any(Number),
      },
    ]);
  });

  it('json without a session is []', async () => {
    expect((await cli({}, 'list', '--json')).out).toBe('[]\n');
  });

  it('a table without a session is empty, and stderr says so', async () => {
    expect(await cli({}, 'list')).toMatchObject({
      code: 0,
      out: '',
      err: 'moin-sessions: no session matches\n',
    });
  });

  it('I4: an unreadable session has its id, state and size', async () => {
    const { out } = await cli(
      { store },
      'list',
      '--format',
      'ndjson',
      '--reverse',
      '--sort',
      'id',
      '--limit',
      '1',
    );
    expect(JSON.parse(out)).toMatchObject({ id: 'e'.repeat(32), state: 'unreadable', kind: null, bytes: 6 });
  });

  it('count counts, up to the limit', async () => {
    expect((await cli({ store }, 'list', '--format', 'count')).out).toBe('5\n');
    expect((await cli({ store }, 'list', '--format', 'count', '--limit', '3')).out).toBe('3\n');
  });

  it('csv follows RFC 4180, and has its header even without rows', async () => {
    const tricky = await storeOf(sample('abcd', { user: 'Q "x", y\nz' }));
    const { out } = await cli({ store: tricky }, 'list', '--format', 'csv', '--fields', 'userName,kind');
    expect(out).toBe('userName,kind\r\n"Q ""x"", y␊z",user\r\n');
    expect((await cli({}, 'list', '--format', 'csv', '--fields', 'id')).out).toBe('id\r\n');
  });

  it('checks --fields before it opens a store', async () => {
    const { code, err, opened } = await cli({ store }, 'list', '--fields', 'id,age');
    expect(code).toBe(2);
    expect(err).toContain("no field 'age'");
    expect(opened).toEqual([]);
  });

  it('-q shows only errors, and results in a format for programs', async () => {
    expect((await cli({ store }, 'list', '-q')).out).toBe('');
    expect((await cli({ store }, 'list', '-q', '--format', 'count')).out).toBe('5\n');
  });

  it('--at looks from another moment', async () => {
    expect(await ids('--at', '+2h', '--active')).toEqual(['cccc']);
    expect(await ids('--at', '2026-05-05T00:00:00Z', '--expired')).toHaveLength(4);
    expect((await cli({ store }, 'list', '--at', 'noon')).code).toBe(2);
  });

  it('ends quietly with 0 when the reader has gone', async () => {
    const gone = await cli({ store, readerLeavesAfter: 0 }, 'list');
    expect(gone).toMatchObject({ code: 0, err: '', out: '' });
  });
});

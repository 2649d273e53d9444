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

  it('tsv has a header, and escapes tabs, line breaks and backslashes', async () => {
    const tricky = await storeOf(sample('abcd', { user: 'a\tb\\c\r\nd\x1b', data: { k: { x: '\t' } } }));
    const tsv = (...fields: string[]) =>
      cli({ store: tricky }, 'list', '--format', 'tsv', '--fields', ...fields);
    expect((await tsv('userName,endedBy,kind')).out).toBe(
      'userName\tendedBy\tkind\na\\tb\\\\c\\r\\nd␛\t\tuser\n',
    );
    expect((await tsv('data.k')).out).toBe('data.k\n{"x":"\\\\t"}\n');
    expect((await cli({}, 'list', '--format', 'tsv', '--fields', 'id,kind')).out).toBe('id\tkind\n');
  });

  it.each([
    ['--wide', '--json'],
    ['--time', 'utc', '--format', 'csv'],
  ])('%j: what is for tables is refused elsewhere', async (...flags) => {
    const { code, err, opened } = await cli({ store }, 'list', ...flags);
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toMatch(/is for tables: leave it out, or --format/);
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

describe('list: values of the data as fields (spec 7)', () => {
  const shop = storeOf(
    sample('aaaa', {
      data: { cart: { total: 7, items: [{ sku: 'x' }] }, 'a.b': 1, a: { b: 2, c: 3 }, views: 9 },
    }),
    sample('bbbb', { data: { cart: { total: 30 }, views: '5' } }),
    sample('cccc', { data: JSON.parse('{ "views": 100, "__proto__": { "x": true } }') }),
    sample('dddd', { data: { views: { n: 1 } } }),
    sample('eeee'),
  );

  it('data.KEY goes into objects and lists; what is not there is null', async () => {
    const fields =
      'data.cart.total,data.cart.items[0].sku,data.a.b,data.a.c,data.__proto__.x,data.constructor';
    const { out } = await cli(
      { store: await shop },
      'list',
      '--sort',
      'id',
      '--fields',
      fields,
      '--format',
      'csv',
    );
    expect(out.split('\r\n')).toEqual([fields, '7,x,1,3,,', '30,,,,,', ',,,,true,', ',,,,,', ',,,,,', '']);
    const json = await cli(
      { store: await shop },
      'list',
      '--sort',
      'id',
      '--limit',
      '1',
      '--fields',
      'data.cart',
      '--json',
    );
    expect(JSON.parse(json.out)).toEqual([{ 'data.cart': { total: 7, items: [{ sku: 'x' }] } }]);
  });

  it('--sort data.KEY: numbers by size, then other values by their text, sessions without it last', async () => {
    const sorted = async (...flags: string[]) =>
      (
        await cli({ store: await shop }, 'list', '--format', 'ids', '--sort', 'data.views', ...flags)
      ).out.match(/^..../gm);
    expect(await sorted()).toEqual(['aaaa', 'cccc', 'bbbb', 'dddd', 'eeee']);
    expect(await sorted('--reverse')).toEqual(['dddd', 'bbbb', 'cccc', 'aaaa', 'eeee']);
  });

  it.each(['data', 'data.', 'dat.x'])('%s is no field: the error names data.KEY', async (field) => {
    const { code, err } = await cli({}, 'list', '--fields', field);
    expect(code).toBe(2);
    expect(err).toMatch(/no field '.*': choose from id, .*, data\.KEY/);
  });

  it('inspect shows them, too', async () => {
    const { out } = await cli(
      { store: await shop },
      'inspect',
      'bbbb',
      '--fields',
      'data.cart.total',
      '--json',
    );
    expect(JSON.parse(out)).toEqual([{ 'data.cart.total': 30 }]);
  });
});

describe('list: a table for people', () => {
  const people = storeOf(
    sample('aaaa', { cookieExpires: NOW + 90 * MINUTE }),
    sample('bbbb', { user: 'bob', cookieExpires: NOW - MINUTE, seen: NOW - HOUR }),
    sample('cccc', {
      cookieExpires: NOW - 61 * MINUTE,
      seen: NOW - 2 * HOUR,
      ended: { at: NOW - MINUTE, by: 'administrator', reason: 'ticket 4711' },
    }),
  );
  const world = async () => ({ store: await people, tty: true, env: { NO_COLOR: '1' } });

  it('shows when the cookie expires, not the hour later at which the record does', async () => {
    const { out } = await cli(await world(), 'list');
    const rows = out.split('\n');
    expect(rows[0]).toMatch(/^ID +USER NAME +STATE +SEEN +COOKIE EXPIRES +KIND/);
    expect(rows[1]).toContain('  in 1h ');
    expect(rows[2]).toContain('  1m ago ');
    expect(rows[3]).toContain('  ended 1m ago ');
    expect(out).not.toMatch(/ EXPIRES .* EXPIRES/);
  });

  it('says below how many there are, how true SEEN is, and what grace means', async () => {
    const { out } = await cli(await world(), 'list');
    expect(out.split('\n').slice(4)).toEqual([
      '3 sessions; SEEN is true to within 1h',
      'grace: the cookie has expired and opens nothing; the record is kept for an hour',
      'after it',
      '',
    ]);
    const limited = await cli(await world(), 'list', '--limit', '1', '--fields', 'id');
    expect(limited.out).toBe('ID\naaaa00000000\n1 of 3 shown\n');
  });

  it.each(['', '--format=ndjson', '--format=csv', '--format=ids', '--quiet'])(
    'a pipe, a format for programs and --quiet have no footer: %s',
    async (flag) => {
      const isPiped = flag === '';
      const { out, err } = await cli(
        { ...(await world()), tty: !isPiped },
        'list',
        ...(isPiped ? [] : [flag]),
      );
      expect(out + err).not.toMatch(/SEEN is true|of 3 shown|opens nothing/);
    },
  );

  it('a table that is longer than the terminal repeats its headings below', async () => {
    const many = await storeOf(
      ...Array.from({ length: 300 }, (_, n) => sample(n.toString(16).padStart(4, '0'))),
    );
    const world = { store: many, tty: true, rows: 24, env: { NO_COLOR: '1' } };
    const rows = (await cli(world, 'list')).out.trimEnd().split('\n');
    expect(rows.at(-2)).toBe(rows[0]);
    expect(rows.at(-1)).toBe('300 sessions; SEEN is true to within 1h');
    const piped = (await cli({ ...world, tty: false }, 'list')).out.trimEnd().split('\n');
    expect(piped.filter((line) => line.startsWith('ID'))).toHaveLength(1);
    expect(piped).toHaveLength(301);
  });

  it('--wide shows every column, whatever the width; --fields chooses as ever', async () => {
    const { out } = await cli(await world(), 'list', '--wide');
    expect(out.slice(0, out.indexOf('aaaa'))).toMatch(
      /^ID +USER NAME +USER ID +STATE +SEEN +CREATED +COOKIE EXPIRES\s+EXPIRES +KIND .* ENDED BY\s+ENDED AT\s+END REASON\s.* URL\n$/s,
    );
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect((await cli(await world(), 'list', '--wide')).out).toContain('ticket 4711');
    expect((await cli(await world(), 'list', '--wide', '--fields', 'id')).out).toMatch(/^ID\naaaa/);
  });

  it('--time utc and --time local show moments; local has its distance from UTC', async () => {
    const fields = ['--fields', 'id,seen', '--limit', '1'];
    const utc = await cli(await world(), 'list', '--time', 'utc', ...fields);
    expect(utc.out).toContain('aaaa00000000  2026-05-01 12:00:00Z\n');
    const local = await cli(await world(), 'list', '--time', 'local', ...fields);
    const [, text = ''] = /aaaa00000000 {2}(.+)\n/.exec(local.out) ?? [];
    expect(text).toMatch(/^2026-0[45]-\d\d \d\d:\d\d:00[+-]\d\d:\d\d$/);
    expect(Date.parse(text.replace(' ', 'T'))).toBe(NOW);
    expect((await cli(await world(), 'list', '--time', 'relative', ...fields)).out).toContain(
      'aaaa00000000  now\n',
    );
  });
});

describe('list: what would mislead', () => {
  it('--at in the past leaves out sessions that had not begun; a clock that differs hides none', async () => {
    const times = await storeOf(
      sample('aaaa', { created: NOW - DAY }),
      sample('bbbb', { created: NOW }),
      sample('cccc', { created: NOW + HOUR }),
    );
    const shown = async (...argv: string[]) =>
      (await cli({ store: times }, ...argv, '--format', 'ids')).out.match(/^..../gm) ?? [];
    expect((await shown('list')).sort()).toEqual(['aaaa', 'bbbb', 'cccc']);
    expect(await shown('list', '--at', '-1h')).toEqual(['aaaa']);
    expect(await shown('list', '--at', '-2d')).toEqual([]);
    expect(await shown('list', '--at', '-1h', '--user', 'alice')).toEqual(['aaaa']);
    expect(await shown('expire', '--all', '--at', '-1h', '--dry-run')).toEqual(['aaaa']);
    expect((await cli({ store: times }, 'stats', '--at', '-1h', '--format', 'count')).out).toBe('1\n');
  });

  it.each([
    [['list', '--idle', '10m'], true],
    [['list', '--idle', '59m', '--json'], true],
    [['list', '--idle', '1h'], false],
    [['list', '--idle', '10m', '-q'], false],
    [['expire', '--idle', '10m', '--yes'], true],
    [['expire', '--idle', '2h', '--yes'], false],
    [['purge', '--idle', '10m', '--dry-run'], true],
    [['stats', '--idle', '90s'], true],
  ])('%j: --idle below the refresh interval warns that it takes sessions in use: %s', async (argv, warns) => {
    const { code, err } = await cli({ store: await storeOf(sample('aaaa')) }, ...argv);
    expect(code).toBe(0);
    expect(
      err.includes("is shorter than 1h, within which 'seen' is true: sessions in use may be among these"),
    ).toBe(warns);
  });

  it.each(['expire', 'purge'])('I4: %s --unreadable says to name the ids', async (command) => {
    const { code, err, opened } = await cli({ store }, command, '--unreadable', '--yes');
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toContain("look at 'moin-sessions list --unreadable', then name the ids");
  });

  it('a mistake in --where is found before a store is opened', async () => {
    for (const command of ['list', 'stats', 'expire', 'purge']) {
      const { code, err, opened } = await cli({ store }, command, '--where', 'views ==');
      expect({ code, opened }).toEqual({ code: 2, opened: [] });
      expect(err).toBe(
        'moin-sessions: --where cannot be read at character 9 (Expected expression after ==): write it as views > 10 && cart.items[0].sku == "moin-3"\n',
      );
    }
    expect((await cli({ store }, 'list', '--where', 'a', '--where', 'b')).err).toContain(
      '--where is given twice',
    );
    expect((await cli({ store }, 'list', '--ended-by', 'admin')).err).toContain(
      'one of administrator, user, limit',
    );
  });

  it('I5: expire --where ends a session only if it still meets the expression', async () => {
    const changing = await storeOf(sample('aaaa', { data: { n: 1 } }), sample('bbbb', { data: { n: 1 } }));
    const update = changing.update.bind(changing);
    changing.update = async (id, change) => {
      if (id.startsWith('aaaa')) await update(id, (record) => ({ ...record, revision: 2, data: { n: 2 } }));
      return update(id, change);
    };
    const { out } = await cli({ store: changing }, 'expire', '--where', 'n == 1', '--yes', '--json');
    expect(JSON.parse(out)).toMatchObject({ matched: 2, expired: 1, kept: 1 });
  });
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/base/clock.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const over = { cookieExpires: NOW - 9e6 };
let store: MemoryStore;

beforeEach(async () => {
  store = await storeOf(
    sample('aaaa', { created: NOW - 2 * DAY }),
    sample('abab', { cookieExpires: NOW + 40 * DAY }),
    sample('bbbb', { user: 'bob\u001b[31m', data: { cart: 'x'.repeat(2000) } }),
    sample('cccc', { user: null, cookieExpires: NOW - 1 }),
    sample('dddd', over),
  );
  store.putBytes('f'.repeat(32), '{"half');
});

async function stats(...argv: string[]) {
  const { code, out, err } = await cli({ store }, 'stats', '--json', ...argv);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

describe('spec 7: stats', () => {
  it('JSON is one document with stable names', async () => {
    const { bytes, expiry, age, idle, ...rest } = await stats();
    expect(rest).toEqual({
      at: '2026-05-01T12:00:00.000Z',
      sessions: 6,
      states: { active: 3, grace: 1, expired: 1, refused: 0, unreadable: 1 },
      kinds: { user: 4, anonymous: 1 },
      users: {
        count: 2,
        sessions: 4,
        mean: 2,
        max: 3,
        complete: true,
        top: [
          { userId: 'id-alice', userName: 'alice', sessions: 3 },
          { userId: 'id-bob\u001b[31m', userName: 'bob\u001b[31m', sessions: 1 },
        ],
      },
      groups: null,
    });
    expect(bytes).toEqual({
      sum: expect.any(Number),
      mean: bytes.sum / 6,
      median: expect.any(Number),
      p95: bytes.largest,
      largest: expect.any(Number),
      largestId: sample('bbbb').id,
    });
    const filled = (buckets: { from: number; to: number | null; sessions: number }[]) =>
      buckets.filter(({ sessions }) => sessions > 0);
    expect(filled(expiry)).toEqual([
      { from: 3600, to: 21_600, sessions: 2 },
      { from: 2_592_000, to: 7_776_000, sessions: 1 },
    ]);
    expect(filled(age)).toEqual([
      { from: 3600, to: 21_600, sessions: 4 },
      { from: 86_400, to: 259_200, sessions: 1 },
    ]);
  });

  it('takes the filters of list, --at and --top', async () => {
    expect(await stats('--user', 'alice', '--active')).toMatchObject({ sessions: 2, users: { count: 1 } });
    expect(await stats('--anonymous')).toMatchObject({ sessions: 1, kinds: { user: 0, anonymous: 1 } });
    expect(await stats('--at', '+3h')).toMatchObject({ states: { active: 1, grace: 0, expired: 4 } });
    expect((await stats('--top', '1')).users.top).toHaveLength(1);
  });

  it('knows who is refused, from the configuration', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'config.json');
    writeFileSync(join(folder, 'u.json'), JSON.stringify({ version: 1, users: [] }));
    writeFileSync(
      config,
      JSON.stringify({ auth: ['http_basic', 'moin_session'], secrets: 'x'.repeat(32), users: 'u.json' }),
    );
    expect((await stats('--config', config)).states).toMatchObject({ active: 0, refused: 3 });
  });

  it('a table for people fits a screen of 80 x 24, without control characters', async () => {
    const { out } = await cli({ store, tty: true }, 'stats', '--no-color');
    const lines = out.trimEnd().split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'at        2026-05-01T12:00:00.000Z',
      'sessions  6',
      'states    active 3 (50%), grace 1 (17%), expired 1 (17%), unreadable 1 (17%)',
      'kinds     user 4 (67%), anonymous 1 (17%)',
      expect.stringMatching(
        /^bytes {5}\d\.\d kB: median \d+ B, 95% up to 2\.\d kB, largest 2\.\d kB \(bbbb00000000\)$/,
      ),
      'users     2 with 4 sessions: 2.0 on average, 3 at most',
    ]);
    expect(lines).toContain(`1h to 6h           2  ${'#'.repeat(25)}    4  ${'#'.repeat(25)}`);
    expect(lines.at(-1)).toMatch(/^bob␛\[31m +id-bob␛\[31m +1 {2}#+$/);
    expect(lines.length).toBeLessThan(24);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each([20, 40, 60])('a terminal of %i columns breaks the lines between words', async (columns) => {
    const { out } = await cli(
      { store, tty: true, columns },
      'stats',
      '--no-color',
      '--fields',
      'states,kinds,bytes,users',
    );
    expect(out).toContain('unreadable');
    for (const line of out.split('\n').slice(0, 8)) expect(line.length).toBeLessThanOrEqual(columns);
  });

  it('an empty store has none of anything; a share of little is not called 0%', async () => {
    const { out } = await cli({}, 'stats');
    expect(out).toContain('sessions  0\nstates    none\nkinds     none\nbytes     0 B\nusers     none\n');
    const many = await storeOf(
      ...Array.from({ length: 300 }, (_, n) => sample(n.toString(16).padStart(4, '0'), n === 0 ? over : {})),
    );
    const { out: shares } = await cli({ store: many }, 'stats');
    expect(shares).toContain('active 299 (>99%), expired 1 (<1%)');
  });

  it('--fields chooses sections, in every format', async () => {
    expect(Object.keys(await stats('--fields', 'sessions,bytes'))).toEqual(['sessions', 'bytes']);
    const { out } = await cli({ store }, 'stats', '--fields', 'sessions,age');
    expect(out).toMatch(/^sessions {2}6\n\nTIME +AGE\nunder 1h +0\n/);
    expect((await cli({ store }, 'stats', '--format', 'csv', '--fields', 'sessions,kinds')).out).toBe(
      'sessions,kinds\r\n6,"{""user"":4,""anonymous"":1}"\r\n',
    );
    expect((await cli({ store }, 'stats', '--fields', 'method')).err).toContain("there is no field 'method'");
  });

  it('the other formats: count is how many, ndjson one line, ids a usage error, --quiet silence', async () => {
    expect((await cli({ store }, 'stats', '--format', 'count')).out).toBe('6\n');
    expect((await cli({ store }, 'stats', '--format', 'ndjson')).out).toMatch(/^\{.*\}\n$/);
    expect(await cli({ store }, 'stats', '--format', 'ids')).toMatchObject({ code: 2, out: '', opened: [] });
    expect(await cli({ store, tty: true }, 'stats', '-q')).toMatchObject({ code: 0, out: '', err: '' });
    expect((await cli({ store }, 'stats', '--top', '0')).code).toBe(2);
  });

  it('an unknown user among others is named: exit 4', async () => {
    const { code, out, err } = await cli(
      { store },
      'stats',
      '--user',
      'zoe',
      '--user',
      'alice',
      '--format',
      'count',
    );
    expect({ code, out }).toEqual({ code: 4, out: '3\n' });
    expect(err).toContain("there is no session of a user 'zoe'");
  });
});

describe('spec 7: stats --by', () => {
  it('JSON has the groups beside everything else', async () => {
    const { groups, sessions } = await stats('--by', 'state', '--by', 'kind', '--top', '2');
    expect(sessions).toBe(6);
    expect(groups).toEqual({
      by: ['state', 'kind'],
      rows: [
        { state: 'active', kind: 'user', sessions: 3, bytes: expect.any(Number) },
        { state: 'expired', kind: 'user', sessions: 1, bytes: expect.any(Number) },
      ],
      others: { groups: 2, sessions: 2, bytes: expect.any(Number) },
      complete: true,
    });
  });

  it('people see a plot that is as wide as the terminal, in blocks where these are drawn', async () => {
    const lines = async (env: Record<string, string>, columns: number) => {
      const { out } = await cli({ store, tty: true, env, columns }, 'stats', '--by', 'user', '--no-color');
      return out.trimEnd().split('\n');
    };
    const wide = await lines({ LANG: 'C.UTF-8' }, 80);
    expect(wide.slice(0, 4)).toEqual([
      'at        2026-05-01T12:00:00.000Z',
      'sessions  6',
      '',
      'USER NAME  USER ID      SESSIONS  SHARE   BYTES',
    ]);
    const [, , , , alice = '', nobody = '', bob = ''] = wide;
    expect(alice).toMatch(/^alice +id-alice +3 +50% +\d+ B {2}█{31}$/);
    expect(alice).toHaveLength(80);
    expect(nobody).toMatch(/^\(no user\) +2 +33% +\d+ B {2}█{20}▋$/);
    expect(bob).toMatch(/^bob␛\[31m +id-bob␛\[31m +1 +17% +2\.\d kB {2}█{10}▍$/);
    expect((await lines({ LANG: 'C' }, 80))[4]).toMatch(/ #{31}$/);
    for (const line of await lines({}, 48)) expect(line).not.toMatch(/#/);
  });

  it('days: a colour for the bars, an empty day has none, the rest is one line', async () => {
    const env = { FORCE_COLOR: '1' };
    const { out } = await cli({ store, tty: true, env }, 'stats', '--by', 'day', '--top', '2');
    expect(out).toMatch(/2026-05-01 +4 +67% .*\[36m####/);
    expect(out).toMatch(/2026-04-30 +0 +0% +0 B\n/);
    expect(out).toMatch(/2 other days +2 +33% .*B\n$/);
  });

  it('CSV and NDJSON are a line for each group, all of them', async () => {
    expect((await cli({ store }, 'stats', '--by', 'kind,state', '--format', 'csv')).out).toMatch(
      /^kind,state,sessions,bytes\r\nuser,active,3,\d+\r\n,unreadable,1,6\r\nanonymous,grace,1,\d+\r\nuser,expired,1,\d+\r\n$/,
    );
    const argv = ['stats', '--by', 'day', '--format', 'ndjson', '--fields', 'day,sessions'];
    const { out, err } = await cli({ store }, ...argv);
    expect(out).toBe(
      '{"day":"2026-04-29","sessions":1}\n{"day":"2026-05-01","sessions":4}\n{"day":null,"sessions":1}\n',
    );
    expect(err).toBe('');
    const top = await cli({ store }, 'stats', '--by', 'user', '--format', 'csv', '--top', '1');
    expect(top.out.split('\r\n')).toHaveLength(3);
    expect(top.err).toBe('moin-sessions: 3 sessions of other groups not shown\n');
  });

  it('of an empty store is no table, and no line', async () => {
    expect((await cli({}, 'stats', '--by', 'day')).out).toBe(
      'at        2026-05-01T12:00:00.000Z\nsessions  0\n',
    );
    expect((await cli({}, 'stats', '--by', 'day', '--format', 'ndjson')).out).toBe('');
    expect(JSON.parse((await cli({}, 'stats', '--by', 'day', '--json')).out).groups.rows).toEqual([]);
  });

  it.each([
    [['--by', 'colour'], "--by 'colour': choose from user, kind, state, method, day"],
    [['--by', 'user,kind,day'], '--by takes 2 fields at most'],
    [['--by', 'user', '--by', 'user'], '--by names one field twice: name it once'],
    [['--fields', 'groups'], 'there are no groups without --by'],
    [['--format', 'openmetrics', '--fields', 'users'], '--fields does not choose metrics: leave it out'],
    [['--watch', '--at', '-1d'], '--watch looks at the present: leave out --at'],
    [['--watch=0s'], "'0s' is no interval: write 0.1s to 1d, as in --watch=2s"],
    [['--watch=30d'], "'30d' is no interval"],
    [['--watch', '--json'], 'give --output FILE, or --format ndjson'],
    [['--watch', '--format', 'ndjson', '--by', 'day'], 'give --output FILE, or leave out --by'],
  ])('%j is a usage error, before anything is opened', async (argv, message) => {
    const { code, out, err, opened } = await cli({ store }, 'stats', ...argv);
    expect({ code, out, opened }).toEqual({ code: 2, out: '', opened: [] });
    expect(err).toContain(message);
  });

  it('no other command has the format openmetrics', async () => {
    const { code, err } = await cli({ store }, 'list', '--format', 'openmetrics');
    expect({ code, err }).toEqual({
      code: 2,
      err: "moin-sessions: only 'moin-sessions stats' has the format openmetrics\n",
    });
  });
});

describe('spec 7: where stats writes', () => {
  it('--watch counts anew each time', async () => {
    const interrupt = new AbortController();
    const waited: number[] = [];
    const wait = async (ms: number) => {
      waited.push(ms);
      await store.create(sample(`${waited.length}${waited.length}eeee`));
      if (waited.length === 3) interrupt.abort();
      return 'over' as const;
    };
    const world = { store, wait, signal: interrupt.signal };
    const argv = ['--watch=1m', '--format', 'ndjson', '--fields', 'sessions'];
    const { code, out } = await cli(world, 'stats', ...argv);
    expect({ code, out, waited }).toEqual({
      code: 0,
      out: '{"sessions":6}\n{"sessions":7}\n{"sessions":8}\n',
      waited: [60_000, 60_000, 60_000],
    });
  });

  it('--watch on a terminal draws the table in place, every 2 seconds', async () => {
    const interrupt = new AbortController();
    const wait = async (ms: number) => {
      expect(ms).toBe(2000);
      interrupt.abort();
      return 'over' as const;
    };
    const world = { store, wait, signal: interrupt.signal, tty: true };
    const { out, err } = await cli(world, 'stats', '--no-color', '--watch');
    expect(out).toContain('\u001b[?1049h');
    expect(out).toContain('\u001b[Hat        2026-05-01T12:00:00.000Z\u001b[K\r\nsessions  6\u001b[K\r\n');
    expect(out).toContain('\r\nevery 2s, Ctrl-C ends\u001b[K\u001b[J');
    expect(out.endsWith('\u001b[?1049l')).toBe(true);
    expect(err).toBe('');
  });

  it('--watch on a low terminal shows what fits, and says how much does not', async () => {
    const interrupt = new AbortController();
    const wait = async () => {
      interrupt.abort();
      return 'over' as const;
    };
    const world = { store, wait, signal: interrupt.signal, tty: true, rows: 5 };
    const { out } = await cli(world, 'stats', '--no-color', '--watch=90s');
    const frame = out.slice(out.indexOf('\u001b[H') + '\u001b[H'.length, out.indexOf('\u001b[J'));
    expect(frame.split('\r\n')).toHaveLength(5);
    expect(frame).toMatch(/every 90s, Ctrl-C ends; \d+ more lines/);
  });

  it('--watch follows the other tables off a terminal and with TERM=dumb, without control characters', async () => {
    for (const terminal of [{ tty: false }, { tty: true, env: { TERM: 'dumb' } }]) {
      const interrupt = new AbortController();
      let turns = 0;
      const wait = async () => {
        turns += 1;
        if (turns === 2) interrupt.abort();
        return 'over' as const;
      };
      const world = { store, wait, signal: interrupt.signal, ...terminal };
      const { out } = await cli(world, 'stats', '--watch', '--fields', 'sessions');
      expect(out).toBe('sessions  6\n\nsessions  6\n\n');
    }
  });

  it('a relative time of --where counts from each look', async () => {
    const growing = await storeOf(sample('aaaa', { seen: NOW - HOUR + 3000 }));
    const interrupt = new AbortController();
    let now = NOW;
    const wait = async (ms: number) => {
      now += ms;
      if (now > NOW + 4000) interrupt.abort();
      return 'over' as const;
    };
    const world = { store: growing, wait, clock: () => now, signal: interrupt.signal };
    const argv = ['--watch', '--where', 'session.seen < "-1h"', '--format', 'count'];
    expect((await cli(world, 'stats', ...argv)).out).toBe('0\n0\n1\n');
  });

  it('--output writes any format to a file, and nothing to stdout; --quiet does not keep it from that', async () => {
    const cwd = temporaryFolder();
    const run = (...argv: string[]) => cli({ store, cwd, tty: true }, 'stats', ...argv);
    const written = await run('--format', 'openmetrics', '--output', 'moin.prom', '-q');
    expect(written).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(join(cwd, 'moin.prom'), 'utf8')).toBe((await run('--format', 'openmetrics')).out);
    await run('--output', 'table.txt', '-q');
    const table = readFileSync(join(cwd, 'table.txt'), 'utf8');
    expect(table).toMatch(/^at {8}2026-05-01/);
    expect(table).not.toContain('\u001b');
    const { code, err } = await run('--output', 'missing/moin.prom');
    expect(code).toBe(1);
    expect(err).toContain('cannot write missing/moin.prom (ENOENT)');
  });

  it('--output with --watch replaces the file each time', async () => {
    const cwd = temporaryFolder();
    const interrupt = new AbortController();
    const seen: string[] = [];
    const wait = async () => {
      seen.push(readFileSync(join(cwd, 'n'), 'utf8'));
      await store.create(sample(`${seen.length}${seen.length}eeee`));
      if (seen.length === 2) interrupt.abort();
      return 'over' as const;
    };
    const world = { store, cwd, wait, signal: interrupt.signal, tty: true };
    const { out } = await cli(world, 'stats', '--watch', '--format', 'count', '--output', 'n');
    expect({ out, seen }).toEqual({ out: '', seen: ['6\n', '7\n'] });
  });

  it('--svg draws a file beside what is written; with --quiet, the file alone', async () => {
    const cwd = temporaryFolder();
    const { out } = await cli(
      { store, cwd },
      'stats',
      '--active',
      '--svg',
      'report.svg',
      '--format',
      'count',
    );
    expect(out).toBe('3\n');
    const svg = readFileSync(join(cwd, 'report.svg'), 'utf8');
    expect(svg).toContain('<title>3 sessions at 2026-05-01T12:00:00.000Z</title>');
    expect(svg).toContain('selected by --active;');
    expect(await cli({ store, cwd }, 'stats', '-q', '--svg', 'quiet.svg')).toMatchObject({
      out: '',
      err: '',
    });
    expect(readdirSync(cwd).sort()).toEqual(['quiet.svg', 'report.svg']);
  });
});

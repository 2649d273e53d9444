import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY } from '../../../src/base/clock.js';
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
    const { bytes, expiry, age, ...rest } = await stats();
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
    });
    expect(bytes).toEqual({
      sum: expect.any(Number),
      mean: bytes.sum / 6,
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
      'states    active 3 (50 %), grace 1 (17 %), expired 1 (17 %), unreadable 1 (17 %)',
      'kinds     user 4 (67 %), anonymous 1 (17 %)',
      expect.stringMatching(/^bytes {5}\d\.\d kB: \d+ B on average, the largest 2\.\d kB \(bbbb00000000\)$/),
      'users     2 with 4 sessions: 2.0 on average, 3 at most',
    ]);
    expect(lines).toContain('1h to 6h           2    4');
    expect(lines.at(-1)).toMatch(/^bob␛\[31m +id-bob␛\[31m +1$/);
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

  it('an empty store has none of anything; a share of little is not called 0 %', async () => {
    const { out } = await cli({}, 'stats');
    expect(out).toContain('sessions  0\nstates    none\nkinds     none\nbytes     0 B\nusers     none\n');
    const many = await storeOf(
      ...Array.from({ length: 300 }, (_, n) => sample(n.toString(16).padStart(4, '0'), n === 0 ? over : {})),
    );
    const { out: shares } = await cli({ store: many }, 'stats');
    expect(shares).toContain('active 299 (>99 %), expired 1 (<1 %)');
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

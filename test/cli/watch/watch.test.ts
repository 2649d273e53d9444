import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { StoreError } from '../../../src/base/errors.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const id = (digits: string) => digits.padEnd(32, '0');

type Step = (now: { at: number }) => unknown;

/** Runs `list --watch`: a step between two looks, and Ctrl-C after the last. A step that returns a size resizes the terminal. */
async function watch(store: MemoryStore, world: World, argv: string[], ...steps: Step[]) {
  const interrupt = new AbortController();
  const time = { at: NOW };
  const waits: number[] = [];
  const left = [...steps];
  const outcome = await cli(
    {
      store,
      env: { NO_COLOR: '1' },
      ...world,
      clock: () => time.at,
      signal: interrupt.signal,
      wait: async (ms) => {
        waits.push(ms);
        const step = left.shift();
        if (step === undefined) {
          interrupt.abort();
          throw new Error('the process has ended');
        }
        if ((await step(time)) === 'resized') return 'resized';
        time.at += ms;
        return 'over';
      },
    },
    'list',
    '--watch',
    ...argv,
  );
  return { ...outcome, waits };
}

/** The pictures on the other screen, each as its lines. */
function pictures(out: string): string[][] {
  expect(out.startsWith(ENTER)).toBe(true);
  expect(out.endsWith(LEAVE)).toBe(true);
  expect(out.split(LEAVE)).toHaveLength(2);
  return out
    .slice(ENTER.length, -LEAVE.length)
    .split(HOME)
    .slice(1)
    .map((text) => {
      expect(text.endsWith('\x1b[K\x1b[J')).toBe(true);
      return text
        .slice(0, -'\x1b[J'.length)
        .split('\r\n')
        .map((line) => line.replace('\x1b[K', ''));
    });
}

const expire = async (store: MemoryStore, digits: string) => {
  await store.update(id(digits), (record) => ({
    ...record,
    revision: record.revision + 1,
    cookieExpires: NOW - HOUR,
    expires: NOW,
    ended: { at: NOW, by: 'administrator' },
  }));
};

const two = () => storeOf(sample('aaaa'), sample('bbbb', { user: 'bob', seen: NOW - HOUR }));

describe('spec 7: list --watch on a terminal', () => {
  it('marks what came, changed and went, and leaves the terminal as it was on Ctrl-C: exit 130', async () => {
    const store = await two();
    const { code, out, err } = await watch(
      store,
      { tty: true },
      [],
      async () => store.create(sample('cccc', { user: 'carol' })),
      () => expire(store, 'bbbb'),
      async () => store.delete(id('aaaa')),
    );
    expect({ code, err }).toEqual({ code: 130, err: '' });
    const [first, second, third, fourth] = pictures(out) as [string[], string[], string[], string[]];
    expect(first[0]).toBe('2 sessions  +0 ~0 -0  every 2s  12:00:00Z');
    expect(first[2]).toMatch(/^ {3}ID +USER NAME +STATE/);
    expect(first.slice(3).map((line) => line.slice(0, 20).trimEnd())).toEqual([
      '   aaaa00000000  ali',
      '   bbbb00000000  bob',
    ]);
    expect(second[0]).toBe('3 sessions  +1 ~0 -0  every 2s  12:00:02Z');
    expect(second.filter((line) => line.startsWith('+'))).toEqual([expect.stringContaining('carol')]);
    expect(third[0]).toContain('+0 ~1 -0');
    expect(third.filter((line) => line.startsWith('~'))).toEqual([expect.stringMatching(/bob +expired/)]);
    expect(fourth[0]).toBe('2 sessions  +0 ~0 -1  every 2s  12:00:06Z');
    expect(fourth.filter((line) => line.startsWith('-'))).toEqual([
      expect.stringMatching(/^- +aaaa0+ +alice/),
    ]);
  });

  it('a mark stays for five looks, and so does the row of a session that went', async () => {
    const store = await two();
    const nothing = () => {};
    const { out } = await watch(
      store,
      { tty: true },
      [],
      async () => store.delete(id('aaaa')),
      ...Array.from({ length: 5 }, () => nothing),
    );
    const marked = pictures(out).map((lines) => lines.filter((line) => line.startsWith('-')).length);
    expect(marked).toEqual([0, 1, 1, 1, 1, 1, 0]);
  });

  it('a session that only grows older does not change; one whose time passes does', async () => {
    const store = await storeOf(sample('aaaa', { cookieExpires: NOW + 3000 }));
    const nothing = () => {};
    const { out } = await watch(store, { tty: true }, [], nothing, nothing);
    const changes = pictures(out).map(([head = '']) => /~\d+/.exec(head)?.[0]);
    expect(changes).toEqual(['~0', '~0', '~1']);
    expect(out).toContain('grace');
  });

  it('draws the rows that fit, of all that match, and again when the terminal changes its size', async () => {
    const store = await storeOf(
      ...Array.from({ length: 300 }, (_, n) => sample(n.toString(16).padStart(4, '0'), { seen: NOW - n })),
    );
    const world = { tty: true, rows: 10, columns: 80 };
    const { out, waits } = await watch(store, world, [], () => {
      Object.assign(world, { rows: 6 });
      return 'resized';
    });
    const [first, second] = pictures(out) as [string[], string[]];
    expect(first).toHaveLength(10);
    expect(first[0]).toMatch(/^7 of 300 sessions/);
    expect(second.length).toBeLessThanOrEqual(10);
    expect(waits).toEqual([2000, 2000]);
  });

  it('filters, --limit, --sort and --fields count as in a list', async () => {
    const store = await storeOf(
      sample('aaaa', { data: { views: 3 } }),
      sample('bbbb', { data: { views: 20 } }),
      sample('cccc', { data: { views: 7 } }),
      sample('dddd', { user: null }),
    );
    const argv = [
      '--logged-in',
      '--sort',
      'data.views',
      '--reverse',
      '--limit',
      '2',
      '--fields',
      'id,data.views',
    ];
    const { out } = await watch(store, { tty: true }, argv, () => {});
    for (const lines of pictures(out))
      expect(lines.slice(2)).toEqual([
        '   ID            DATA.VIEWS',
        '   bbbb00000000  20',
        '   cccc00000000  7',
      ]);
    expect(out).toContain('2 of 3 sessions');
  });

  it('a relative time of --where counts from each look', async () => {
    const store = await storeOf(sample('aaaa', { seen: NOW - HOUR + 3000 }));
    const { out } = await watch(
      store,
      { tty: true },
      ['--where', 'session.seen < "-1h"'],
      () => {},
      () => {},
    );
    expect(pictures(out).map(([head]) => head?.slice(0, 10))).toEqual([
      '0 sessions',
      '0 sessions',
      '1 session ',
    ]);
  });

  it('the terminal is as it was after an error, too, and the error follows', async () => {
    const store = await two();
    const { code, out, err } = await watch(store, { tty: true }, [], () => {
      store.scan = () => {
        throw new StoreError('the disk is away');
      };
    });
    expect(code).toBe(1);
    expect(pictures(out)).toHaveLength(1);
    expect(err).toBe('moin-sessions: the disk is away\n');
  });

  it('lets no text of a record steer the terminal', async () => {
    const store = await storeOf(
      sample('aaaa', { user: 'evil\x1b[2J\x07\r\n\u202e', data: { '\x1b[2J': 1 } }),
    );
    const { out } = await watch(store, { tty: true }, [], async () => store.delete(id('aaaa')));
    for (const lines of pictures(out)) expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it('the store rests as long as a look took', async () => {
    const store = await two();
    const scan = store.scan.bind(store);
    const now = { at: NOW };
    store.scan = (options) => {
      now.at += 9000;
      return scan(options);
    };
    const waits: number[] = [];
    const interrupt = new AbortController();
    await cli(
      {
        store,
        tty: true,
        clock: () => now.at,
        signal: interrupt.signal,
        wait: async (ms) => {
          waits.push(ms);
          interrupt.abort();
          throw new Error('the process has ended');
        },
      },
      'list',
      '--watch',
    );
    expect(waits).toEqual([9000]);
  });
});

describe('spec 7: list --watch elsewhere', () => {
  it('a pipe gets events as NDJSON; what went is shown as it was', async () => {
    const store = await two();
    const { code, out } = await watch(
      store,
      {},
      ['--fields', 'id,userName,state'],
      async () => store.create(sample('cccc', { user: 'carol' })),
      () => expire(store, 'bbbb'),
      async () => store.delete(id('bbbb')),
      () => {},
    );
    expect(code).toBe(130);
    const session = (digits: string, userName: string, state: string) => ({
      id: id(digits),
      userName,
      state,
    });
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { event: 'appeared', at: '2026-05-01T12:00:00.000Z', session: session('aaaa', 'alice', 'active') },
      { event: 'appeared', at: '2026-05-01T12:00:00.000Z', session: session('bbbb', 'bob', 'active') },
      { event: 'appeared', at: '2026-05-01T12:00:02.000Z', session: session('cccc', 'carol', 'active') },
      { event: 'changed', at: '2026-05-01T12:00:04.000Z', session: session('bbbb', 'bob', 'expired') },
      { event: 'gone', at: '2026-05-01T12:00:06.000Z', session: session('bbbb', 'bob', 'expired') },
    ]);
  });

  it('a change of what --fields does not name is no event', async () => {
    const store = await two();
    const { out } = await watch(store, {}, ['--fields', 'id'], () => expire(store, 'bbbb'));
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });

  it('thousands of sessions that all change and go are all told of, each once', async () => {
    const digits = Array.from({ length: 3000 }, (_, n) => n.toString(16).padStart(4, '0'));
    const store = await storeOf(...digits.map((name) => sample(name)));
    const { out } = await watch(
      store,
      { tty: true },
      ['--format', 'ndjson'],
      async () => {
        for (const name of digits) await expire(store, name);
      },
      async () => {
        for (const name of digits) await store.delete(id(name));
      },
    );
    expect(out).not.toContain('\x1b');
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const kind of ['appeared', 'changed', 'gone']) {
      const ids = events.filter(({ event }) => event === kind).map(({ session }) => session.id);
      expect(ids.sort()).toEqual(digits.map(id).sort());
    }
  });

  it('TERM=dumb gets lines that follow each other, without control characters', async () => {
    const store = await storeOf(sample('aaaa', { user: 'évil\x1b[2J' }));
    const { out } = await watch(
      store,
      { tty: true, env: { TERM: 'dumb' } },
      ['--fields', 'id,userName,seen'],
      () => {},
      async () => store.delete(id('aaaa')),
    );
    expect(out).toBe(
      '12:00:00Z + aaaa00000000  évil␛[2J  2026-05-01 12:00:00Z\n' +
        '12:00:04Z - aaaa00000000  évil␛[2J  2026-05-01 12:00:00Z\n',
    );
  });

  it('ends quietly with 0 when the reader has gone', async () => {
    const { code, err } = await watch(await two(), { readerLeavesAfter: 0 }, []);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe('list --watch refuses before it opens a store', () => {
  it.each([
    [['--at', '-1h'], /--watch looks at the present: leave out --at/],
    [['--json'], /--format ndjson in place of json/],
    [['--format', 'ids'], /--format ndjson in place of ids/],
    [['--format', 'ndjson', '--limit', '3'], /--limit is for a table/],
    [['--format', 'ndjson', '--sort', 'bytes'], /--sort is for a table/],
    [['--sort', 'age'], /no field 'age'/],
    [['--quiet'], /nothing to show with --quiet/],
  ])('%j', async (argv, message) => {
    const { code, err, opened } = await watch(await two(), { tty: true }, argv);
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toMatch(message);
    expect(err.match(/^moin-sessions: /gm)).toHaveLength(1);
  });

  it.each(['50ms', '0.05s', '2d', 'often'])('--watch=%s', async (every) => {
    const { code, err } = await cli({ tty: true }, 'list', `--watch=${every}`);
    expect(code).toBe(2);
    expect(err).toMatch(/is no interval: write 0\.1s to 1d|is not a length of time/);
  });
});

describe('list --watch in a pipe writes events, too, though no format is named', () => {
  it.each([
    [['--limit', '3'], '--limit'],
    [['--sort', 'bytes'], '--sort'],
    [['--reverse'], '--reverse'],
    [['--format', 'table', '--limit', '3'], '--limit'],
  ])('%j is refused, not ignored', async (argv, flag) => {
    const { code, err, opened } = await watch(await storeOf(sample('abc')), {}, argv);
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toContain(`${flag} is for a table on a terminal`);
  });
});

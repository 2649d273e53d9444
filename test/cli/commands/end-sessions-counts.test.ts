import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli } from '../../aid/cli/fake-context.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const over = { cookieExpires: NOW - 9e6 };
const grace = { cookieExpires: NOW - 1 };
let store: MemoryStore;

beforeEach(async () => {
  store = await storeOf(
    sample('aaaa'),
    sample('bbbb', { user: 'bob' }),
    sample('cccc', { user: null, ...grace }),
    sample('dddd', over),
    sample('eeee', over),
  );
  store.putBytes('f'.repeat(32), '{"half');
});

describe('spec 7: expire and purge ask with users, counts and store', () => {
  it.each([
    [['expire', '--all'], 'End 3 sessions (2 active) of alice, bob and visitors in memory?'],
    [['purge', '--all'], 'Remove 5 sessions (2 active) of alice, bob and visitors in memory?'],
    [['purge', '--user', 'alice'], 'Remove 3 sessions (1 active) of alice in memory?'],
    [['expire', 'aaaa', 'cccc', 'dddd'], 'End 2 sessions (1 active) of alice and visitors in memory?'],
    [['expire', '--active', '--logged-in'], 'End 2 sessions of alice and bob in memory?'],
    [['purge', '--idle', '0s'], 'Remove 5 sessions (2 active) of alice, bob and visitors in memory?'],
  ])('%j', async (argv, question) => {
    const { asked, code, err } = await cli({ store, tty: true, answers: [false] }, ...argv);
    expect({ asked, code }).toEqual({ asked: [question], code: 1 });
    expect(err.split('\n').at(-2)).toBe('moin-sessions: nothing was done, since you did not say yes');
    const elsewhere = await cli({ store }, ...argv);
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.err).toContain(question.slice(1).replace('?', ': add --yes'));
  });

  it('shows a name in another direction by itself in the question, and as it is in the error', async () => {
    const hebrew = await storeOf(sample('aaaa', { user: 'אבי' }));
    const { asked } = await cli({ store: hebrew, tty: true, answers: [false] }, 'expire', 'aaaa');
    expect(asked).toEqual(['End 1 session of \u2068אבי\u2069 in memory?']);
    const { err } = await cli({ store: hebrew }, 'expire', 'aaaa');
    expect(err).toContain('this would end 1 session of אבי in memory: add --yes');
    const piped = await cli({ store: hebrew, stdin: 'aaaa' }, 'expire', '-');
    expect(piped.err).toContain('this would end 1 session of אבי in memory: add --yes');
  });

  it.each([['--grace'], ['--expired'], ['cccc'], ['dddd', 'ffff']])(
    'asks nothing when no selected session is active: expire %s',
    async (...which) => {
      const { asked } = await cli({ store, tty: true }, 'expire', ...which);
      expect(asked).toEqual([]);
    },
  );
});

describe('failed and missing sessions are counted', () => {
  const fails = (...failing: string[]) => {
    const { update } = store;
    store.update = async (id, change) => {
      if (failing.includes(id.slice(0, 4))) throw new StoreError('it is stuck');
      return update.call(store, id, change);
    };
  };

  it('some failed: exit 4', async () => {
    fails('aaaa');
    const { code, err } = await cli({ store }, 'expire', 'aaaa', 'bbbb', 'cccc', '-y');
    expect(code).toBe(4);
    expect(err).toMatch(/: it is stuck\nmoin-sessions: 1 of 3 sessions failed, as said above\n$/);
  });

  it('the sentence counts the ended, kept and failed sessions', async () => {
    fails('aaaa');
    const { out } = await cli({ store }, 'expire', 'aaaa', 'bbbb', 'cccc', 'dddd', '-y');
    expect(out).toMatch(/^Ended 2 sessions \(\d+ B\); 1 had expired already, 1 failed\.\n$/);
    const { out: kept } = await cli({ store }, 'expire', 'dddd', 'eeee', '-y');
    expect(kept).toBe('Ended 0 sessions; 2 had expired already.\n');
  });

  it('some failed and some were missing: exit 4', async () => {
    fails('aaaa', 'cccc');
    const { code, err } = await cli({ store }, 'expire', 'aaaa', 'bbbb', 'cccc', '1234', '-y');
    expect(code).toBe(4);
    expect(err).toMatch(/2 of 3 sessions failed and 1 of what was named was not found, as said above\n$/);
  });

  it('all failed: exit 1; all failed and some were missing: exit 4', async () => {
    fails('aaaa', 'bbbb');
    const all = await cli({ store }, 'expire', 'aaaa', 'bbbb', '-y');
    expect(all.code).toBe(1);
    expect(all.err).toMatch(/\nmoin-sessions: 2 sessions failed, as said above\n$/);
    expect((await cli({ store }, 'expire', 'aaaa', '1234', '-y')).code).toBe(4);
  });
});

describe('spec 7: progress shows how many sessions are done, of how many', () => {
  /** What is drawn on a terminal, where each look at the clock is a second later than the one before. */
  async function drawn(...argv: string[]): Promise<string[]> {
    let now = NOW;
    const clock = () => (now += 1000);
    const { err } = await cli({ store, tty: true, answers: [true], clock }, ...argv);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what clears a line
    return err.split(/\r\x1b\[K/).filter((text) => /^(Ended|Removed|Counting)/.test(text));
  }
  const done = (bars: string[], label: string) =>
    bars.filter((bar) => bar.startsWith(label)).map((bar) => bar.replace(/\[.*\] /, ''));

  it('expire --all: the total is the sessions that have not expired', async () => {
    expect(done(await drawn('expire', '--all'), 'Ended').at(-1)).toBe('Ended: 100% of 3 sessions');
  });

  it('purge --all: the total is the readable sessions', async () => {
    const bars = done(await drawn('purge', '--all'), 'Removed');
    expect(bars.slice(0, 2)).toEqual(['Removed: 20% of 5 sessions', 'Removed: 40% of 5 sessions']);
    expect(bars.at(-1)).toBe('Removed: 100% of 5 sessions');
  });

  it('ids with --yes: the total is the number of ids, without counting first', async () => {
    const bars = await drawn('purge', 'ffff', 'dddd', '-y');
    expect(done(bars, 'Removed')).toEqual(['Removed: 50% of 2 sessions', 'Removed: 100% of 2 sessions']);
    expect(done(bars, 'Counting')).toEqual([]);
  });

  it('ids without an active session: the total includes unreadable sessions', async () => {
    const bars = await drawn('purge', 'ffff', 'dddd');
    expect(done(bars, 'Removed')).toEqual(['Removed: 50% of 2 sessions', 'Removed: 100% of 2 sessions']);
  });

  it('purge --expired: the total is the expired sessions, counted without reading their records', async () => {
    const bars = await drawn('purge', '--expired');
    expect(done(bars, 'Removed')).toEqual(['Removed: 50% of 2 sessions', 'Removed: 100% of 2 sessions']);
  });

  it('purge --expired with another filter: no total, because the store names the expired sessions of all users', async () => {
    const bars = done(await drawn('purge', '--expired', '--user', 'alice'), 'Removed');
    expect(bars[0]).toBe('Removed: 1 session');
  });

  it('without a total it also shows how many sessions were looked at', async () => {
    const bars = done(await drawn('expire', '--all', '-y'), 'Ended');
    expect(bars[0]).toBe('Ended: 1 session');
    expect(bars.at(-1)).toBe('Ended: 3 sessions, 6 looked at');
  });

  it('a dry run counts, and does not claim to remove anything', async () => {
    const bars = await drawn('purge', '--expired', '-n');
    expect(bars.at(-1)).toBe('Counting: 2 sessions');
  });
});

describe('spec 7: --quiet on a terminal shows neither progress nor results', () => {
  it.each([
    ['expire', '--all'],
    ['expire', '--all', '-y'],
    ['purge', '--all'],
    ['purge', '--all', '-n'],
    ['purge', '--expired'],
    ['purge', 'aaaa', 'dddd', '-y'],
  ])('%s %s %s %s', async (...argv) => {
    let now = NOW;
    const clock = () => (now += 1000);
    const { code, out, err } = await cli({ store, tty: true, answers: [true], clock }, ...argv, '-q');
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
  });
});

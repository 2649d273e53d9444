import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { StoreError } from '../../../src/base/errors.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

let store: MemoryStore;
const over = { cookieExpires: NOW - 2 * HOUR };

beforeEach(async () => {
  store = await storeOf(
    sample('aaaa'),
    sample('abab', over),
    sample('bbbb', { user: 'bob' }),
    sample('cccc', { user: null }),
    sample('dddd', { user: null, ...over }),
  );
  store.putBytes('e'.repeat(32), '{"half');
});

const left = async () => {
  const ids: string[] = [];
  for await (const { id } of store.scan()) ids.push(id.slice(0, 4));
  return ids.sort();
};
const ended = async (digits: string) => (await store.find(digits.padEnd(32, '0')))?.ended;

describe('expire', () => {
  it('ends a session now, and leaves its record for the purge', async () => {
    const { code, out } = await cli({ store }, 'expire', 'aaaa', '--yes');
    expect(code).toBe(0);
    expect(out).toMatch(/^Ended 1 session \(\d+ B\)\.\n$/);
    expect(await store.find('aaaa'.padEnd(32, '0'))).toMatchObject({
      cookieExpires: NOW - HOUR,
      expires: NOW,
      ended: { at: NOW, by: 'administrator' },
    });
  });

  it.each<[string[], object]>([
    [['--user', 'alice'], { matched: 2, expired: 1, kept: 1 }],
    [['--user', 'id-bob'], { matched: 1, expired: 1, kept: 0 }],
    [['--anonymous'], { matched: 2, expired: 1, kept: 1 }],
    [['--all'], { matched: 6, expired: 3, kept: 3 }],
    [['aaaa', 'bbbb', 'aaaa'], { matched: 2, expired: 2, kept: 0 }],
  ])('%j --json reports exactly the counts', async (which, counts) => {
    const { code, out } = await cli({ store }, 'expire', ...which, '--json', '-y');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ ...counts, failed: 0, dryRun: false });
    expect(Object.keys(report)).toEqual(['matched', 'expired', 'kept', 'failed', 'bytes', 'dryRun']);
  });

  it('--fields chooses from the report, in every format', async () => {
    const fields = ['expire', 'abab', '--fields', 'kept,matched'];
    expect((await cli({ store }, ...fields, '--json')).out).toBe('{"kept":1,"matched":1}\n');
    expect((await cli({ store }, ...fields, '--format', 'csv')).out).toBe('kept,matched\r\n1,1\r\n');
    expect((await cli({ store }, ...fields)).out).toMatch(/^KEPT +MATCHED\n1 +1\n$/);
  });

  it.each(['expire', 'purge'])('a wrong --fields is an error before %s does anything', async (command) => {
    for (const format of ['table', 'json', 'csv', 'ids']) {
      const { code, err } = await cli(
        { store },
        command,
        'aaaa',
        '-y',
        '--fields',
        'nope',
        '--format',
        format,
      );
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("no field 'nope'") });
    }
    expect(await ended('aaaa')).toBeNull();
  });

  it('asks before active sessions are ended, on a terminal', async () => {
    const no = await cli({ store, tty: true, answers: [false] }, 'expire', '--all');
    expect(no.asked).toEqual(['End 3 sessions of alice, bob and visitors in memory?']);
    expect(no.code).toBe(1);
    expect(await ended('aaaa')).toBeNull();
    const yes = await cli({ store, tty: true, answers: [true] }, 'expire', '--all');
    expect(yes.code).toBe(0);
    expect(await ended('aaaa')).not.toBeNull();
  });

  it('without a terminal it needs --yes', async () => {
    const { code, err } = await cli({ store }, 'expire', '--all');
    expect(code).toBe(2);
    expect(err).toContain('would end 3 sessions of alice, bob and visitors in memory: add --yes');
    expect(await ended('aaaa')).toBeNull();
  });

  it('asks before refused ones are ended, too: another site may let them in', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'config.json');
    // Alice is not among the users.
    writeFileSync(join(folder, 'u.json'), JSON.stringify({ version: 1, users: [] }));
    writeFileSync(
      config,
      JSON.stringify({ auth: ['http_basic', 'moin_session'], secrets: 'x'.repeat(32), users: 'u.json' }),
    );
    for (const command of ['expire', 'purge']) {
      const { code, err } = await cli({ store }, command, '--all', '--config', config);
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringMatching(/sessions \(1 active, 2 refused here\).*: add --yes/),
      });
    }
    expect(await ended('aaaa')).toBeNull();
    expect((await cli({ store }, 'expire', '--refused', '--config', config)).code).toBe(0);
  });

  it('asks nothing when no active session is selected', async () => {
    const { code, out } = await cli({ store }, 'expire', 'abab', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ matched: 1, expired: 0, kept: 1 });
    expect(await ended('abab')).toBeNull();
  });

  it('--dry-run changes nothing and may be combined with --at', async () => {
    const { out } = await cli({ store }, 'expire', '--all', '-n', '--at', '+3h', '--json');
    expect(JSON.parse(out)).toMatchObject({ matched: 6, expired: 0, kept: 6, dryRun: true });
    expect((await cli({ store }, 'expire', '--all', '-n', '--format', 'count')).out).toBe('3\n');
    expect(await ended('aaaa')).toBeNull();
    expect((await cli({ store }, 'expire', '--all', '-y', '--at', '+3h')).code).toBe(2);
  });

  it('missing ids: exit 3 when all are missing; exit 4 when some are, and the rest is done', async () => {
    expect((await cli({ store }, 'expire', '1234', '5678', '-y')).code).toBe(3);
    const some = await cli({ store }, 'expire', '1234', 'bbbb', '-y');
    expect(some.code).toBe(4);
    expect(some.err).toContain('no session 1234');
    expect(await ended('bbbb')).not.toBeNull();
  });

  it('an unknown user: exit 3', async () => {
    const { code, err, out } = await cli({ store }, 'expire', '--user', 'zoe', '-y');
    expect(code).toBe(3);
    expect(err).toContain("no session of a user 'zoe'");
    expect(out).toBe('');
  });

  it('I4: an unreadable session cannot be ended, and says why', async () => {
    const { code, err } = await cli({ store }, 'expire', 'eeee', '-y');
    expect(code).toBe(1);
    expect(err).toContain('is unreadable');
    expect((await cli({ store }, 'expire', 'eeee', 'aaaa', '-y')).code).toBe(4);
  });

  it('--format ids lists the ended sessions, -q shows nothing', async () => {
    expect((await cli({ store }, 'expire', 'aaaa', '-y', '--format', 'ids')).out).toBe(
      `aaaa${'0'.repeat(28)}\n`,
    );
    expect(await cli({ store }, 'expire', 'bbbb', '-y', '-q')).toMatchObject({ code: 0, out: '', err: '' });
  });
});

describe('purge', () => {
  it('--expired removes what has expired and never asks', async () => {
    const { code, out, asked } = await cli({ store, tty: true }, 'purge', '--expired', '--json');
    expect({ code, asked }).toEqual({ code: 0, asked: [] });
    expect(JSON.parse(out)).toEqual({
      matched: 2,
      removed: 2,
      kept: 0,
      failed: 0,
      bytes: expect.any(Number),
      dryRun: false,
    });
    expect(await left()).toEqual(['aaaa', 'bbbb', 'cccc', 'eeee']);
  });

  it('--expired --dry-run counts the same, and removes nothing', async () => {
    const { out } = await cli({ store }, 'purge', '--expired', '-n', '--format', 'ids');
    expect(out).toBe(`abab${'0'.repeat(28)}\ndddd${'0'.repeat(28)}\n`);
    expect(await left()).toHaveLength(6);
  });

  it('--expired can be narrowed to a user or to visitors', async () => {
    await cli({ store }, 'purge', '--expired', '--anonymous');
    expect(await left()).toEqual(['aaaa', 'abab', 'bbbb', 'cccc', 'eeee']);
    await cli({ store }, 'purge', '--expired', '--user', 'alice');
    expect(await left()).toEqual(['aaaa', 'bbbb', 'cccc', 'eeee']);
  });

  it('I4: --all keeps unreadable records, an id removes one', async () => {
    const { out } = await cli({ store }, 'purge', '--all', '-y', '--json');
    expect(JSON.parse(out)).toMatchObject({ matched: 6, removed: 5, kept: 1 });
    expect(await left()).toEqual(['eeee']);
    expect((await cli({ store }, 'purge', 'eeee')).code).toBe(0);
    expect(await left()).toEqual([]);
  });

  it('asks before active sessions are removed', async () => {
    const { asked } = await cli({ store, tty: true, answers: [false] }, 'purge', '--user', 'alice');
    expect(asked).toEqual(['Remove 2 sessions (1 active) of alice in memory?']);
    expect((await cli({ store }, 'purge', '--user', 'alice')).code).toBe(2);
    expect(await left()).toHaveLength(6);
  });

  it('nothing to do: exit 0', async () => {
    const empty = await storeOf();
    expect(await cli({ store: empty }, 'purge', '--expired')).toMatchObject({
      code: 0,
      out: 'Nothing to do: no session matches.\n',
    });
  });

  it.each([
    ['purge'],
    ['purge', '--all', '--user', 'x'],
    ['purge', 'aaaa', '--expired'],
    ['purge', '--user', 'x', '--anonymous'],
    ['purge', '--user-id', 'x', '--anonymous'],
    ['expire'],
    ['expire', '--all', '--user', 'x'],
    ['expire', 'aaaa', '--all'],
    ['expire', '--active', '--expired'],
  ])('%s %s %s %s is a usage error', async (...argv) => {
    expect((await cli({ store }, ...argv)).code).toBe(2);
    expect(await left()).toHaveLength(6);
  });

  it('one session fails: the error names it, the others are removed: exit 4', async () => {
    const remove = store.delete.bind(store);
    store.delete = async (id, options) => {
      if (id.startsWith('abab')) throw new StoreError('cannot change it: permission denied');
      return remove(id, options);
    };
    const { code, err, out } = await cli({ store }, 'purge', '--expired', '--json');
    expect(code).toBe(4);
    expect(err).toContain(`session abab${'0'.repeat(28)}: cannot change it: permission denied`);
    expect(JSON.parse(out)).toMatchObject({ matched: 2, removed: 1, failed: 1 });
  });

  it('an error that names the session itself is not prefixed with the id', async () => {
    store.delete = async (id) => {
      throw new StoreError(`cannot remove the record ${id}`);
    };
    const { err } = await cli({ store }, 'purge', 'abab');
    expect(err.split('\n')[0]).toBe(`moin-sessions: cannot remove the record abab${'0'.repeat(28)}`);
  });

  it('Ctrl-C ends with 130 between two sessions', async () => {
    const interrupt = new AbortController();
    const remove = store.delete.bind(store);
    store.delete = async (id, options) => {
      interrupt.abort();
      return remove(id, options);
    };
    const { code, err } = await cli({ store, signal: interrupt.signal }, 'purge', '--expired');
    const last = 'moin-sessions: Interrupted: removed 0 sessions, the rest is as it was\n';
    expect({ code, err }).toEqual({ code: 130, err: last });
    expect(await left()).toHaveLength(5);
  });
});

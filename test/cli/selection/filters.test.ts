import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MemoryStore } from '../../../src/store/memory.js';
import { FileUserDirectory } from '../../../src/users/file.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, type Sample, sample, storeOf } from '../../aid/records.js';

const over = { cookieExpires: NOW - 9e6 };
const grace = { cookieExpires: NOW - 1 };

/** A session of a user whose id and name are told apart. */
function sessionOf(digits: string, id: string, name: string, rest: Sample & { method?: string } = {}) {
  const { method = 'moin_login', ...fields } = rest;
  return { ...sample(digits, fields), user: { id, name, method } };
}

/** A folder with a configuration, and its directory: alice, and bob who is disabled. */
async function siteFolder(options: object = {}) {
  const cwd = temporaryFolder();
  const config = join(cwd, 'moin-sessions.config.json');
  writeFileSync(config, JSON.stringify({ users: 'users.json', ...options }));
  const directory = new FileUserDirectory(join(cwd, 'users.json'), { scrypt: { cost: 1024 } });
  const { id: alice } = await directory.add('alice', 'correct horse');
  const { id: bob } = await directory.add('bob', 'correct horse');
  await directory.setDisabled('bob', true);
  return { config, directory, alice, bob };
}

async function ids(store: MemoryStore, ...argv: string[]): Promise<string[]> {
  const { out, err, code } = await cli({ store }, ...argv, '--format', 'ids');
  expect({ err, code }).toEqual({ err: '', code: 0 });
  return out.match(/^[0-9a-f]{4}/gm) ?? [];
}

describe('spec 7: which users --user and --user-id select', () => {
  let store: MemoryStore;

  beforeEach(async () => {
    store = await storeOf(
      sessionOf('aaaa', '1', 'alice'),
      sessionOf('bbbb', '2', 'bob'),
      sessionOf('cccc', '17', 'carol'),
      sessionOf('dddd', '4', '17'),
      sessionOf('eeee', '4', 'an older name', over),
    );
  });

  it.each<[string[], string[]]>([
    [
      ['--user', 'alice', '--user', 'bob'],
      ['aaaa', 'bbbb'],
    ],
    [['--user', 'alice', '--user', 'alice'], ['aaaa']],
    [['--user', '1'], ['aaaa']],
    [
      ['--user', '17'],
      ['dddd', 'eeee'],
    ],
    [['--user-id', '17'], ['cccc']],
    [
      ['--user-id', '17', '--user', '17'],
      ['cccc', 'dddd', 'eeee'],
    ],
    [
      ['--user', 'carol', '--user-id', '2'],
      ['bbbb', 'cccc'],
    ],
  ])('%j: --user tries names before ids, and several users are joined by or', async (which, expected) => {
    expect((await ids(store, 'list', ...which)).sort()).toEqual(expected);
    expect((await ids(store, 'purge', ...which, '-n')).sort()).toEqual(expected);
    const ended = expected.filter((id) => id !== 'eeee');
    expect((await ids(store, 'expire', ...which, '-y')).sort()).toEqual(ended);
    expect((await ids(store, 'list', '--expired', ...which)).sort()).toEqual(expected);
  });

  it('a name is the directory’s: what records call somebody counts only where it knows nobody', async () => {
    const { config, alice, bob } = await siteFolder();
    const renamed = await storeOf(
      sessionOf('aaaa', alice, 'Alice of old'),
      sessionOf('bbbb', bob, 'alice'),
      sessionOf('cccc', 'gone', 'zoe'),
    );
    const found = (user: string) => ids(renamed, 'list', '--config', config, '--user', user);
    expect(await found('alice')).toEqual(['aaaa']);
    expect(await found('Alice of old')).toEqual(['aaaa']);
    expect(await found('zoe')).toEqual(['cccc']);
    expect(await found(bob)).toEqual(['bbbb']);
  });

  it.each([
    ['list', '--user', 'alcie'],
    ['list', '--user-id', 'alice', '--json'],
    ['expire', '--user', 'alcie', '-y'],
    ['expire', '--user-id', 'alice', '-y'],
    ['purge', '--expired', '--user', 'alcie'],
  ])('%s %s %s, an unknown user: exit 3 and no output', async (...argv) => {
    const { code, out, err } = await cli({ store }, ...argv);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toBe(
      `moin-sessions: there is no session of a user '${argv.find((word) => word.startsWith('al'))}', and no such user: see 'moin-sessions list'\n`,
    );
  });

  it('an unknown user among others: the error names that user, the command handles the others: exit 4', async () => {
    const list = await cli({ store }, 'list', '--user', 'alcie', '--user', 'bob', '--format', 'count');
    expect(list).toMatchObject({ code: 4, out: '1\n' });
    expect(list.err).toBe(
      "moin-sessions: there is no session of a user 'alcie', and no such user\n" +
        'moin-sessions: 1 user not found, as said above\n',
    );
    const expire = await cli({ store }, 'expire', '--user', 'alcie', '--user-id', '2', '-y', '--json');
    expect(expire.code).toBe(4);
    expect(JSON.parse(expire.out)).toMatchObject({ matched: 1, expired: 1, failed: 0 });
    expect(expire.err).toContain('1 of what was named was not found, as said above');
  });

  it('a user of the directory without sessions is known: exit 0', async () => {
    const { config, bob } = await siteFolder();
    for (const user of [
      ['--user', 'alice'],
      ['--user', bob],
      ['--user-id', bob],
    ])
      expect((await cli({ store }, 'list', '--config', config, ...user, '--json')).out).toBe('[]\n');
  });

  it('a directory that cannot be read: one line on stderr and exit 1', async () => {
    const { config } = await siteFolder({ users: '/dev/null/users.json' });
    for (const argv of [['list', '--user', 'alice'], ['list'], ['expire', '--refused']]) {
      const { code, err } = await cli({ store }, ...argv, '--config', config);
      expect({ code, lines: err.split('\n').length }).toEqual({ code: 1, lines: 2 });
    }
    expect((await cli({ store }, 'purge', '--expired', '--config', config)).code).toBe(0);
  });
});

describe('spec 2, 7: --refused and --grace', () => {
  async function site(options: object = {}) {
    const { config, alice, bob } = await siteFolder(options);
    const store = await storeOf(
      sessionOf('aaaa', alice, 'alice'),
      sessionOf('bbbb', bob, 'bob'),
      sessionOf('cccc', 'gone', 'carol'),
      sessionOf('dddd', bob, 'bob', grace),
      sessionOf('eeee', bob, 'bob', over),
      sessionOf('abab', alice, 'alice', { method: 'route:sign-up' }),
      sample('ffff', { user: null }),
    );
    return { store, config: ['--config', config] };
  }

  it.each<[string[], string[]]>([
    [
      ['--logged-in', '--active'],
      ['aaaa', 'abab'],
    ],
    [['--refused'], ['bbbb', 'cccc']],
    [['--refused', '--user', 'bob'], ['bbbb']],
    [['--grace'], ['dddd']],
    [['--expired'], ['eeee']],
  ])('%j', async (which, expected) => {
    const { store, config } = await site();
    expect((await ids(store, 'list', ...which, ...config)).sort()).toEqual(expected);
    const open = expected.filter((id) => id !== 'eeee');
    expect((await ids(store, 'expire', ...which, ...config, '-n')).sort()).toEqual(open);
    expect((await ids(store, 'purge', ...which, ...config, '-y')).sort()).toEqual(expected);
  });

  it('sessions of an auth method that left the chain of the configuration are refused', async () => {
    const { store, config } = await site({ auth: ['http_basic', 'moin_session'] });
    expect((await ids(store, 'list', '--refused', ...config)).sort()).toEqual(['aaaa', 'bbbb', 'cccc']);
    expect((await ids(store, 'list', '--active', ...config)).sort()).toEqual(['abab', 'ffff']);
    expect((await ids(store, 'expire', '--refused', ...config)).sort()).toEqual(['aaaa', 'bbbb', 'cccc']);
  });

  it('without a configuration no session counts as refused', async () => {
    const { store } = await site();
    expect(await ids(store, 'list', '--refused')).toEqual([]);
    expect((await ids(store, 'list', '--active')).sort()).toEqual(['aaaa', 'abab', 'bbbb', 'cccc', 'ffff']);
  });

  it('list and inspect show refused as a state', async () => {
    const { store, config } = await site();
    const { out } = await cli({ store }, 'list', '--user', 'bob', '--sort', 'state', '--json', ...config);
    expect(JSON.parse(out).map(({ state }: { state: string }) => state)).toEqual([
      'expired',
      'grace',
      'refused',
    ]);
    expect((await cli({ store }, 'inspect', 'bbbb', ...config)).out).toMatch(/^state +refused$/m);
  });

  it('sessions that no longer log anybody in are ended without a question', async () => {
    const { store, config } = await site();
    const { code, out } = await cli({ store, tty: true }, 'expire', '--refused', '--json', ...config);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ matched: 2, expired: 2, kept: 0 });
  });
});

describe('spec 7: commands that only read open the store read-only', () => {
  it.each([
    [['list'], true],
    [['inspect', 'aaaa'], true],
    [['simulate'], true],
    [['whoami', '--cookie', 'a=b'], true],
    [['stats'], true],
    [['expire', 'aaaa', '-n'], true],
    [['purge', '--expired', '--dry-run'], true],
    [['expire', 'aaaa', '-y'], false],
    [['purge', '--expired'], false],
  ])('%j opens the store with readOnly: %s', async (argv, readOnly) => {
    const { opened } = await cli({ store: await storeOf(sample('aaaa')) }, ...argv);
    expect(opened).toMatchObject([{ readOnly }]);
  });
});

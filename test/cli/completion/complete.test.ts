import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMMAND_NAMES } from '../../../src/cli/program.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

let store: MemoryStore;
beforeEach(async () => {
  store = await storeOf(
    sample('abcd'),
    sample('abce', { user: 'bob' }),
    sample('ab12', { user: null }),
    sample('cd34', { user: 'new\nline' }),
    sample('cd35', { user: '$(reboot)' }),
    sample('cd36', { user: '-flag' }),
  );
});
afterEach(() => vi.useRealTimers());

/** The header, and the candidates, of what a script would get. */
async function answer(world: World, ...args: string[]) {
  const { code, out, err } = await cli({ store, ...world }, '__complete', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [head = '', ...lines] = out.split('\n').slice(0, -1);
  return { head, found: lines.map((line) => line.replace(/^=/, '')) };
}

const fish = async (line: string, world: World = {}) =>
  (await answer(world, 'fish', `moin-sessions ${line}`)).found.map((found) => found.split('\t')[0]);
const head = async (line: string, world: World = {}) =>
  (await answer(world, 'fish', `moin-sessions ${line}`)).head;

describe('spec 7: completion of the names of commands and flags', () => {
  it('offers every command', async () => {
    expect(await fish('')).toEqual(COMMAND_NAMES);
  });

  it.each([
    ['lis', ['list']],
    ['users en', ['enable']],
    ['help use', ['users']],
    ['help e', ['expire', 'export', 'environment', 'exit-codes']],
    ['help users en', ['enable']],
    ['stats --by s', ['state']],
    ['list --ended-by a', ['administrator']],
    ['log --event login', ['login', 'login-failed']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['list --logg', ['--logged-in']],
    ['users --js', ['--json']],
    ['--json list --js', []],
    ['list --user a --use', ['--user', '--user-id']],
    ['list --format n', ['ndjson']],
    ['list --format=n', ['--format=ndjson']],
    ['copy --on-conflict ', ['skip', 'replace', 'newer']],
    ['purge -- --exp', []],
    ['nonsense ', []],
  ])('%s: %j', async (line, expected) => {
    expect(await fish(line)).toEqual(expected);
  });

  it('never shows the command that it calls itself', async () => {
    expect(await fish('__')).toEqual([]);
    for (const argv of [['--help'], ['help'], ['list', '--help']])
      expect((await cli({}, ...argv)).out).not.toContain('__complete');
  });

  it('says what each is', async () => {
    const { found } = await answer({}, 'fish', 'moin-sessions lis');
    expect(found).toEqual(['list\tshow sessions']);
  });
});

describe('spec 7: completion of fields', () => {
  it.each([
    ['list --fields id,ki', ['id,kind']],
    ['list --fields=sta', ['--fields=state']],
    ['stats --by s', ['state']],
    ['stats --by state,m', ['state,method']],
    ['log --event login-', ['login-failed']],
    ['users add yan --field ', []],
    ['users set alice na', []],
    ['list --sort by', ['bytes']],
    ['inspect abcd --fields re', ['revision']],
    ['users list --fields cr', ['created']],
    ['purge --fields rem', ['removed']],
  ])('%s: %j', async (line, expected) => {
    expect(await fish(line)).toEqual(expected);
  });

  it('leaves out the fields that are there already, and lets more follow', async () => {
    const found = await fish('list --fields id,seen,');
    expect(found).toContain('id,seen,kind');
    expect(found).not.toContain('id,seen,id');
    expect(await head('list --fields id')).toBe(':parts 0');
  });
});

describe('spec 7: completion from the store', () => {
  it.each([
    ['inspect ab', ['ab1200000000', 'abcd00000000', 'abce00000000']],
    ['expire abcd ab1', ['ab1200000000']],
    ['purge abc', ['abcd00000000', 'abce00000000']],
    ['inspect abcd00000000', [sample('abcd').id]],
    ['inspect a', []],
    ['inspect ', []],
    ['inspect ABC', []],
    ['inspect ../../..', []],
  ])('ids: %s: %j', async (line, expected) => {
    expect((await fish(line)).sort()).toEqual(expected);
  });

  it('reads only the part of the store that the digits name', async () => {
    const scan = vi.spyOn(store, 'scan');
    await fish('inspect abc');
    expect(scan.mock.calls).toEqual([[{ prefix: 'abc' }]]);
  });

  it('names of users, but those that no line can hold, and those that look like flags', async () => {
    expect((await fish('list --user ')).sort()).toEqual(['$(reboot)', 'alice', 'bob']);
    expect(await fish('list --user-id id-b')).toEqual(['id-bob']);
    expect(await fish('list --user=al')).toEqual(['--user=alice']);
  });

  it('bash gets names quoted, from where it completes', async () => {
    expect((await answer({}, 'bash', 'moin-sessions list --user \\$', '\\$')).found).toEqual([
      '\\$\\(reboot\\)',
    ]);
    expect((await answer({}, 'bash', 'moin-sessions list --user "\\$', '\\$')).found).toEqual([
      '\\$(reboot)',
    ]);
  });

  it('zsh gets each name, and what it shows beside it', async () => {
    const { found } = await answer({}, 'zsh', 'moin-sessions', 'inspect', 'abc');
    expect(found[0]).toMatch(/^abcd00000000\tabcd00000000 {2}alice, seen .+$/);
  });

  it.each([
    ['a slow store: 1000 records', 10, 999],
    ['a fast one: as many as it gives in 50 ms', 1 / 32, 1600],
    ['at most 50,000', 0, 49_999],
  ])('reads records in search of users, of %s', async (_what, each, expected) => {
    let read = 0;
    store.scan = async function* () {
      for (; ; read++) yield { id: sample('abcd').id, bytes: 1, record: sample('abcd') };
    };
    const clock = () => NOW + read * each;
    expect(await answer({ clock }, 'fish', 'moin-sessions list --user ')).toMatchObject({
      found: ['alice\t'],
    });
    expect(read).toBe(expected);
  });

  it('a store that never answers: what was found until then, and the line goes on', async () => {
    vi.useFakeTimers();
    store.scan = async function* () {
      yield { id: sample('abcd').id, bytes: 1, record: sample('abcd') };
      await new Promise(() => {});
    };
    const found = fish('inspect ab');
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await found).toEqual(['abcd00000000']);
  });

  it('a store that fails: no candidate, no word on stderr, exit 0', async () => {
    store.scan = () => {
      throw new Error('out of order');
    };
    expect(await fish('inspect ab')).toEqual([]);
  });
});

describe('spec 7: completion and the configuration', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'users.json'),
      JSON.stringify({
        version: 1,
        users: [{ id: 'u1', name: 'carol', disabled: true, password: null, created: 0 }],
      }),
    );
  });

  it('one that is not trusted is not read', async () => {
    writeFileSync(join(cwd, 'moin-sessions.config.mjs'), 'globalThis.isPlanted = true; export default {};');
    expect(await fish('list --user ', { cwd, uid: 54_321 })).toEqual([]);
    expect((globalThis as { isPlanted?: boolean }).isPlanted).toBeUndefined();
  });

  it('--config and --store on the line are those that are used', async () => {
    writeFileSync(join(cwd, 'c.json'), '{ "store": "file:s" }');
    const asked = await cli({ store, cwd }, '__complete', 'fish', 'moin-sessions --config c.json inspect ab');
    expect(asked.opened).toMatchObject([{ where: 'file:s', readOnly: true, mustExist: true }]);
    const other = await cli({ store, cwd }, '__complete', 'fish', 'moin-sessions inspect --store=file:t ab');
    expect(other.opened).toMatchObject([{ where: 'file:t', readOnly: true }]);
  });

  it('a configuration that fails: no candidate, and the line goes on', async () => {
    writeFileSync(join(cwd, 'c.mjs'), 'throw new Error("broken")');
    expect(await fish('--config c.mjs list --user a', { cwd })).toEqual([]);
  });
});

describe('spec 7: completion of files', () => {
  it.each([
    ['--config ', ':files 0'],
    ['list --config=a', ':files 9'],
    ['simulate --cookie-file x', ':files 0'],
    ['import ', ':files 0'],
    ['export --output ', ':files 0'],
    ['list > ', ':files 0'],
    ['copy --to ', ':folders 0'],
    ['--store file:a', ':folders 5'],
    ['--store=file:a', ':folders 13'],
    ['--store moin:a', ':folders 5'],
    ['--wiki-config a', ':files 0'],
    ['list --idle ', ':words 0'],
    ['users add ', ':words 0'],
  ])('%s: %s', async (line, expected) => {
    expect(await head(line)).toBe(expected);
  });
});

it('never fails and never asks, whatever is typed', async () => {
  const words = fc.constantFrom(
    'list',
    'inspect',
    'users',
    '--user',
    '--fields',
    '=',
    '--',
    '-',
    '"',
    "'",
    'ab',
    '>',
    ' ',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(words),
      fc.constantFrom('bash', 'zsh', 'fish', 'tcsh'),
      async (typed, shell) => {
        const { code, err, asked } = await cli({ store }, '__complete', shell, typed.join(' '), '');
        expect({ code, err, asked }).toEqual({ code: 0, err: '', asked: [] });
      },
    ),
    { numRuns: 50 },
  );
});

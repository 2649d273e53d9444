import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FileLayout } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { cli, type Outcome, type World } from '../../aid/cli/fake-context.js';
import { listOf } from '../../aid/file-store.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample } from '../../aid/records.js';

let cwd: string;
let list: string;
const ALICE = 'aaaa'.padEnd(32, '0');
const OTHER = 'abab'.padEnd(32, '0');

async function run(argv: readonly string[], world: World = {}): Promise<Outcome> {
  return cli({ cwd, store: new FileStore(join(cwd, 's')), ...world }, ...argv);
}

async function isOver(id: string): Promise<boolean> {
  const record = await new FileStore(join(cwd, 's'), { readOnly: true }).find(id);
  return record === null || record.ended !== null;
}

beforeEach(async () => {
  cwd = temporaryFolder();
  const config = { users: 'users.json', auth: ['moin_login', 'moin_session'], secrets: 'x'.repeat(32) };
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(config));
  const user = {
    id: 'id-alice',
    name: 'alice',
    password: '$scrypt$ln=17,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    disabled: false,
    created: NOW,
  };
  writeFileSync(join(cwd, 'users.json'), JSON.stringify({ version: 1, users: [user] }));
  const store = new FileStore(join(cwd, 's'));
  for (const record of [sample('aaaa'), sample('abab'), sample('bbbb', { user: 'bob' })])
    await store.create(record);
  await store.close();
  list = listOf(new FileLayout(join(cwd, 's')), 'id-alice');
});

/** What a crash or a restored backup may leave of the list of alice's two sessions. */
const DAMAGES: readonly [string, () => void][] = [
  ['empty', () => writeFileSync(list, '')],
  ['gone', () => rmSync(list)],
  ['garbage', () => writeFileSync(list, 'x'.repeat(500))],
  ['without the one', () => writeFileSync(list, readFileSync(list, 'utf8').replace(ALICE, 'c'.repeat(32)))],
  ['cut short', () => writeFileSync(list, readFileSync(list, 'utf8').slice(0, 100))],
];

const SENTENCE = /lists of users are incomplete.+'moin-sessions check --fix' mends the lists/;

describe.each(DAMAGES)('S3: a list of a user that is %s: whoever is thrown out is out', (_how, damage) => {
  it.each([
    ['expire', '--user', 'alice', '--yes'],
    ['expire', '--user-id', 'id-alice', '--active', '--yes'],
    ['purge', '--user', 'alice', '--yes'],
    ['users', 'disable', 'alice', '--yes'],
    ['users', 'delete', 'alice', '--yes'],
    ['users', 'passwd', 'alice', '--yes', '--password-stdin'],
  ])('%s %s %s', async (...argv) => {
    damage();
    const { code, err } = await run(argv, { stdin: 'another password' });
    expect({ code, over: [await isOver(ALICE), await isOver(OTHER)] }).toEqual({
      code: 0,
      over: [true, true],
    });
    expect(await isOver('bbbb'.padEnd(32, '0'))).toBe(false);
    expect(err).toMatch(SENTENCE);
  });

  it('users enable: ends them before it enables the user', async () => {
    await run(['users', 'disable', 'alice', '--keep-sessions', '--yes']);
    damage();
    expect((await run(['users', 'enable', 'alice'])).out).toBe('Enabled alice, and ended 2 sessions.\n');
    expect([await isOver(ALICE), await isOver(OTHER)]).toEqual([true, true]);
  });

  it('list shows them, and a dry run and the question count them', async () => {
    damage();
    const { out, err } = await run(['list', '--user', 'alice', '--active', '--format', 'ids']);
    expect(out.trim().split('\n').sort()).toEqual([ALICE, OTHER]);
    expect(err).toMatch(SENTENCE);
    expect((await run(['expire', '--user', 'alice', '-n', '--json'])).out).toMatch(/"matched": ?2/);
    const { code, err: refused } = await run(['expire', '--user', 'alice']);
    expect({ code, refused }).toEqual({ code: 2, refused: expect.stringContaining('end 2 sessions') });
    expect((await run(['users', 'disable', 'alice', '-n'])).out).toContain('and end 2 sessions');
  });

  it('check --fix mends the lists, and then nothing is said', async () => {
    damage();
    await run(['check', '--fix', '--json']);
    const { err, code } = await run(['list', '--user', 'alice', '--json']);
    expect({ err, code }).toEqual({ err: '', code: 0 });
  });
});

describe('S3: lists of users that are as they should be', () => {
  it.each([
    ['expire', '--user', 'alice', '--yes', '--json'],
    ['list', '--user', 'alice', '--json'],
    ['users', 'disable', 'alice', '--yes', '--json'],
  ])('%s %s %s says nothing', async (...argv) => {
    expect(await run(argv)).toMatchObject({ code: 0, err: '' });
  });

  it('a user whom no directory knows is found among all records', async () => {
    rmSync(listOf(new FileLayout(join(cwd, 's')), 'id-bob'));
    expect(await run(['expire', '--user-id', 'id-bob', '--yes'])).toMatchObject({ code: 0 });
    expect(await isOver('bbbb'.padEnd(32, '0'))).toBe(true);
    expect(await run(['expire', '--user-id', 'id-nobody', '--yes'])).toMatchObject({ code: 3 });
  });

  it('the sessions that the lists have end before the other records are read', async () => {
    const store = new FileStore(join(cwd, 's'));
    const over: boolean[] = [];
    const scan = store.scan.bind(store);
    store.scan = (options) => {
      if (options?.prefix === undefined) over.push(isOverNow());
      return scan(options);
    };
    const isOverNow = () =>
      readFileSync(new FileLayout(join(cwd, 's')).record(ALICE), 'utf8').includes('"by":"administrator"');
    await run(['expire', '--user', 'alice', '--yes'], { store });
    expect(over).toEqual([true]);
  });

  it('a session that begins during the look is no sign of a damaged list', async () => {
    const store = new FileStore(join(cwd, 's'));
    const scan = store.scan.bind(store);
    store.scan = (options) => {
      return (async function* () {
        if (options?.prefix === undefined) await store.create(sample('ffff'));
        yield* scan(options);
      })();
    };
    const { code, err } = await run(['expire', '--user', 'alice', '--yes', '--json'], { store });
    expect({ code, err, over: await isOver('ffff'.padEnd(32, '0')) }).toEqual({
      code: 0,
      err: '',
      over: true,
    });
  });
});

import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { LARGEST_FILE } from '../../../src/moin/files/folder.js';
import { WikiUsers } from '../../../src/moin/users/users.js';
import { NewWiki } from '../../aid/moin/new-wiki.js';
import { unpackWiki } from '../../aid/moin/wikis.js';

const ALICE = '1795397431.64.10246';
const BOB = '1795397283.2.54850';

function warnings() {
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([message]) => String(message));
}

function newUsers() {
  const wiki = new NewWiki('1.9');
  return { wiki, users: new WikiUsers(wiki.userDir) };
}

function namesOf(users: WikiUsers): string[] {
  return [...users.list()].map(({ name }) => name);
}

describe('the users of a wiki', () => {
  it('are the files whose names are ids: README, caches and the like are none', async () => {
    const { wiki, users } = newUsers();
    for (const id of [ALICE, BOB, '1795397431.5', '1795397431.0.1']) wiki.user(id, { name: id });
    for (const other of ['README', '1795397431', `${ALICE}.1`, 'a.b', `${ALICE}~`, `.${ALICE}`, '1.2345.6'])
      wiki.user(other, { name: 'mallory' });
    mkdirSync(join(wiki.userDir, '1795397431.64.1'));
    mkdirSync(join(wiki.userDir, 'cache/users'), { recursive: true });
    writeFileSync(join(wiki.userDir, 'cache/users/lookup'), 'cos\nsystem\n');
    expect(namesOf(users)).toEqual([BOB, '1795397431.0.1', '1795397431.5', ALICE]);
    for (const id of ['README', '../user/README', `../user/${ALICE}`, '', '1795397431.64.1'])
      expect(await users.findById(id), id).toBeNull();
  });

  it('have names in any script, with spaces, in either form of Unicode', async () => {
    const { wiki, users } = newUsers();
    wiki.user(ALICE, { name: 'Jörg Müller'.normalize('NFD') });
    wiki.user(BOB, { name: '山田 太郎' });
    expect((await users.findByName('Jörg Müller'.normalize('NFC')))?.id).toBe(ALICE);
    expect((await users.findByName('Jörg Müller'.normalize('NFD')))?.id).toBe(ALICE);
    expect((await users.findByName('山田 太郎'))?.id).toBe(BOB);
    for (const name of ['', 'jörg müller', '__proto__', 'constructor'])
      expect(await users.findByName(name), name).toBeNull();
  });

  it('of one name: the oldest account counts, and all of them are reported', async () => {
    const { wiki, users } = newUsers();
    for (const id of ['1795397431.64.9', '1795397431.7.1', '995397431.64.10', ALICE])
      wiki.user(id, { name: 'JaneDoe' });
    wiki.user(BOB, { name: 'bob' });
    expect((await users.findByName('JaneDoe'))?.id).toBe('995397431.64.10');
    const ids = ['995397431.64.10', ALICE, '1795397431.64.9', '1795397431.7.1'];
    expect(users.duplicates()).toEqual(new Map([['JaneDoe', ids]]));
  });

  it('fields hold what stands behind the first equals sign; comments, line ends of Windows and bad bytes do no harm', async () => {
    const { wiki, users } = newUsers();
    const text = '# name=mallory\r\nname=alice\r\naliasname=a = b\nquicklinks[]=A\tB\nnothing\n=x\nemail=';
    wiki.user(ALICE, Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0x0a])]));
    const { fields, ...user } = (await users.findById(ALICE)) as NonNullable<
      Awaited<ReturnType<WikiUsers['findById']>>
    >;
    expect(user).toEqual({ id: ALICE, name: 'alice', disabled: false, enc_password: '' });
    expect([...fields]).toEqual([
      ['name', 'alice'],
      ['aliasname', 'a = b'],
      ['quicklinks[]', 'A\tB'],
      ['email', '\ufffd'],
    ]);
  });

  it.each([
    ['1', true],
    ['01', true],
    ['0', false],
    ['', false],
    ['False', false],
  ])('disabled=%s means %s', async (disabled, isDisabled) => {
    const { wiki, users } = newUsers();
    wiki.user(ALICE, { name: 'alice', disabled });
    expect((await users.findById(ALICE))?.disabled).toBe(isDisabled);
  });

  it('changes in place are seen, also those within one tick of the clock', () => {
    const { wiki, users } = newUsers();
    for (let n = 1000; n < 1500; n++) {
      wiki.user(ALICE, { name: `${n}` });
      expect(users.byId(ALICE)?.name).toBe(`${n}`);
    }
  });

  it('new, renamed and removed users are seen', async () => {
    const { wiki, users } = newUsers();
    wiki.user(ALICE, { name: 'alice' });
    expect(namesOf(users)).toEqual(['alice']);
    wiki.user(ALICE, { name: 'alize' });
    expect((await users.findByName('alize'))?.id).toBe(ALICE);
    expect(await users.findByName('alice')).toBeNull();
    wiki.user(BOB, { name: 'bob' });
    expect((await users.findByName('bob'))?.id).toBe(BOB);
    rmSync(join(wiki.userDir, ALICE));
    expect(await users.findById(ALICE)).toBeNull();
    expect(namesOf(users)).toEqual(['bob']);
  });

  it('a file that is written in place is seen in spite of a time that was set back', async () => {
    const { wiki, users } = newUsers();
    const path = join(wiki.userDir, ALICE);
    wiki.user(ALICE, { name: 'alice' });
    utimesSync(path, 1e9, 1e9);
    expect((await users.findById(ALICE))?.name).toBe('alice');
    wiki.user(ALICE, { name: 'alize' });
    utimesSync(path, 1e9, 1e9);
    expect((await users.findById(ALICE))?.name).toBe('alize');
  });

  it('I4: whose file cannot be read exist all the same, without a name; others are not harmed, and it is warned of once', async () => {
    const warned = warnings();
    const { wiki, users } = newUsers();
    wiki.user(BOB, { name: 'bob' });
    wiki.user(ALICE, Buffer.alloc(LARGEST_FILE + 1, 'name=x\n'));
    symlinkSync(join(wiki.userDir, BOB), join(wiki.userDir, '1795397431.64.2'));
    expect(await users.findById(ALICE)).toEqual({
      id: ALICE,
      name: ALICE,
      disabled: false,
      enc_password: '',
      fields: new Map(),
    });
    expect(namesOf(users).sort()).toEqual(['1795397431.64.2', ALICE, 'bob'].sort());
    expect(warned()).toEqual([expect.stringMatching(/user 1795397431\.64\.10246 .*larger than 1 MB/)]);
    expect(users.duplicates()).toEqual(new Map());
  });

  it('of a folder that is gone are none; a file in its place is an error', async () => {
    const { wiki, users } = newUsers();
    rmSync(wiki.userDir, { recursive: true });
    expect(namesOf(users)).toEqual([]);
    writeFileSync(wiki.userDir, '');
    await expect(new WikiUsers(wiki.userDir).findByName('x')).rejects.toThrow(StoreError);
    rmSync(wiki.userDir);
    renameSync(wiki.data, `${wiki.data}-moved`);
    expect(await users.findById(ALICE)).toBeNull();
  });

  it('5,000 users are found by name', async () => {
    const { wiki, users } = newUsers();
    for (let n = 0; n < 5000; n++) wiki.user(`${1_000_000_000 + n}.64.${n}`, { name: `user ${n}` });
    expect((await users.findByName('user 4999'))?.id).toBe('1000004999.64.4999');
    expect(namesOf(users)).toHaveLength(5000);
  });

  it('a name that nobody has costs the check of a password, also when the oldest hash cannot be checked', async () => {
    const { wiki, users } = newUsers();
    wiki.user('1000000000.64.1', { name: 'old', enc_password: '{DES}xy1rJ8zJ1K2hU' });
    wiki.user(ALICE, { name: 'alice', enc_password: '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=' });
    expect(await users.verifyPassword(null, 'password')).toBe(false);
  });

  it.each(['1.6', '1.9'] as const)(
    'passwords of %s are checked against the stored hashes',
    async (layout) => {
      const { data, expected } = unpackWiki(layout);
      const users = new WikiUsers(join(data, 'user'));
      // Each check of 1.9 takes a second of hashing.
      for (const { name, password } of expected.users.slice(0, layout === '1.9' ? 1 : 3)) {
        const user = await users.findByName(name);
        expect(await users.verifyPassword(user, password), name).toBe(true);
        expect(await users.verifyPassword(user, `${password}x`), name).toBe(false);
      }
      expect(await users.verifyPassword(null, expected.users[0]?.password as string)).toBe(false);
      expect(await users.verifyPassword({ id: '1.2.3', name: 'gone' }, '')).toBe(false);
    },
  );
});

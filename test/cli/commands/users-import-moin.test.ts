import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FileUserDirectory } from '../../../src/users/file.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { MOIN_USERS, type MoinUser, wikiOf } from '../../aid/moin-users.js';

let cwd: string;
let directory: FileUserDirectory;

beforeEach(() => {
  cwd = temporaryFolder();
  configure();
  directory = new FileUserDirectory(join(cwd, 'users.json'));
});

function configure(options: object = {}): void {
  const text = JSON.stringify({ users: 'users.json', audit: 'audit.log', ...options });
  writeFileSync(join(cwd, 'moin-sessions.config.json'), text);
}

const run = (world: World, ...argv: string[]) => cli({ cwd, ...world }, 'users', 'import-moin', ...argv);

/** A user of a wiki with the password `pw`. */
const quick = (id: string, name: string, more: Partial<MoinUser> = {}): MoinUser => ({
  id,
  name,
  password: 'pw',
  enc_password: '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=',
  ...more,
});

describe('users import-moin', () => {
  it('spec 8: takes along every user of the samples, and says of each what happened', async () => {
    const data = wikiOf(MOIN_USERS['1.9']);
    const { code, out, err } = await run({}, data);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toHaveLength(MOIN_USERS['1.9'].length + 3);
    expect(out).toMatch(/^NAME +ID +SCHEME +RESULT +REASON\n/);
    expect(out).toMatch(/\n山田太郎 +1795397707\.12\.62782 +\{PASSLIB\}\$6\$ +imported\n/);
    expect(out).toMatch(/\nOldSha +1795397708\.15\.12533 +\{SHA\} +imported\n/);
    expect(out).toContain(`\nImported 12 users from ${join(data, 'user')}.\n`);
    expect((await directory.list()).map(({ id, name, disabled }) => [id, name, disabled])).toEqual(
      MOIN_USERS['1.9'].map(({ id, name, disabled }) => [id, name, disabled === '1']),
    );
    const user = await directory.findByName('OldSsha');
    expect(await directory.verifyPassword(user, 'ssha-pw')).toBe(true);
  });

  it.each([
    ['the wiki', (data: string) => dirname(data)],
    ['its folder data', (data: string) => data],
    ['the address of its sessions', (data: string) => `moin:${data}`],
    ['its folder user', (data: string) => join(data, 'user')],
    ['a copy of the folder user, under another name', copyOfUsers],
  ])('takes %s', async (_, place) => {
    const { code, out } = await run({}, place(wikiOf([quick('1.5.1', 'a')])), '--format', 'ids');
    expect({ code, out }).toEqual({ code: 0, out: '1.5.1\n' });
  });

  function copyOfUsers(): string {
    const copy = temporaryFolder();
    writeFileSync(join(copy, '1.5.1'), 'name=a\n');
    return copy;
  }

  it.each([
    ['an empty folder', () => temporaryFolder()],
    ['no folder', () => join(cwd, 'nothing')],
    ['a file', () => join(cwd, 'moin-sessions.config.json')],
  ])('%s is exit 2, with what was looked for', async (_, place) => {
    const { code, err } = await run({}, place());
    expect(code).toBe(2);
    expect(err).toMatch(
      /^moin-sessions: no users of a MoinMoin wiki in .*data\/user .*; name the wiki's folder 'data'\n$/,
    );
  });

  it('a path that cannot be followed is exit 1, with the remedy', async () => {
    symlinkSync('circle', join(cwd, 'circle'));
    const { code, err } = await run({}, join(cwd, 'circle'));
    expect(code).toBe(1);
    expect(err).toMatch(/cannot look for the users of a MoinMoin wiki in .*circle.*: .*/);
  });

  it('fields, and the date of the account', async () => {
    const user = quick('1795397706.49.1207', 'a', {
      email: 'a@x.org',
      tz_offset: '-3600',
      aliasname: 'A = the 1st',
      'quicklinks[]': 'One\tTwo',
      jid: 'a@jabber',
    });
    const data = wikiOf([user]);
    await run({}, data);
    expect(await directory.list()).toEqual([
      {
        id: user.id,
        name: 'a',
        disabled: false,
        created: new Date(1795397706490),
        email: 'a@x.org',
        aliasname: 'A = the 1st',
        tz_offset: -3600,
      },
    ]);
    await directory.remove('a');
    await run({}, data, '--field', 'jid', '--field', 'quicklinks');
    expect(await directory.findByName('a')).toEqual({
      id: user.id,
      name: 'a',
      disabled: false,
      jid: 'a@jabber',
      quicklinks: ['One', 'Two'],
    });
  });

  it.each([
    ['emial', /no user of the wiki has a field "emial" \(did you mean 'email'\?\)/],
    ['enc_password', /cannot have a field "enc_password"/],
    ['recoverpass_key', /the field recoverpass_key cannot be taken along/],
    ['bookmarks{}', /cannot be taken along/],
    ['name', /cannot have a field "name"/],
    ['__proto__', /cannot have a field "__proto__"/],
  ])('--field %s is exit 2 before anything changes', async (field, message) => {
    const data = wikiOf([quick('1.5.1', 'a', { recoverpass_key: 'x', 'bookmarks{}': 'a:1' })]);
    const { code, err } = await run({}, data, '--field', field);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(await directory.list()).toEqual([]);
  });

  it('names and ids choose; one that the wiki does not have is named, with exit 4, or 3 if it is the only one', async () => {
    const data = wikiOf([quick('1.5.1', 'J\u00f6'), quick('2.5.2', 'b'), quick('3.5.3', 'c')]);
    const { code, err } = await run({}, data, '--user', 'Jo\u0308', '--user', '3.5.3', '--user', 'nobody');
    expect({ code, err }).toEqual({
      code: 4,
      err: "moin-sessions: the wiki has no user 'nobody'\nmoin-sessions: 1 user not found, as said above\n",
    });
    expect((await directory.list()).map(({ name }) => name)).toEqual(['Jö', 'c']);
    expect((await run({}, data, '--user', 'nobody')).code).toBe(3);
  });

  it('again: those who are here stay as they are, and newcomers come along', async () => {
    const users = [quick('1.5.1', 'a')];
    await run({}, wikiOf(users));
    await directory.setFields('a', { roles: ['editor'] });
    const data = wikiOf([...users, quick('2.5.2', 'b')]);
    const { code, out } = await run({}, data, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      row('1.5.1', 'a', { result: 'already-here' }),
      row('2.5.2', 'b', { result: 'imported' }),
    ]);
    expect(await directory.findByName('a')).toMatchObject({ roles: ['editor'] });
    expect((await run({}, data)).out).toMatch(/ already here\n.*Imported 0 users .*, 2 already here\.\n$/s);
  });

  it('conflicts and names that break a rule are named on stderr with the remedy, with exit 4; the others come along', async () => {
    await directory.add('anna', 'secret');
    const data = wikiOf([quick('1.5.1', 'anna'), quick('2.5.2', 'a\u001b[2Jb'), quick('3.5.3', 'c')]);
    const { code, out, err } = await run({}, data, '--yes');
    expect(code).toBe(4);
    expect(err).toMatch(
      /^moin-sessions: anna: there is another user "anna" here, .*: rename one of the two.*\n/,
    );
    expect(err).toMatch(
      /\nmoin-sessions: a\ufffd\[2Jb: the user name has control characters .*; change it in the wiki/,
    );
    expect(err).toMatch(/\nmoin-sessions: 2 users failed, as said above\n$/);
    expect(`${out}${err}`).not.toContain('\u001b');
    expect(out).not.toMatch(/rename one of the two|control characters/);
    expect((await run({}, data, '--yes', '--fields', 'name,reason')).out).toMatch(/rename one of the two/);
    expect(out).toContain('Imported 1 user from');
    expect(out).toContain(', 1 in conflict, 1 refused.');
    expect((await directory.list()).map(({ name }) => name).sort()).toEqual(['anna', 'c']);
    const none = await run({}, data, '--user', 'anna', '--yes');
    expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/1 user failed, as said above\n$/) });
  });

  it('users without a usable hash are said, each and in the summary, and nobody gets in', async () => {
    const data = wikiOf([
      quick('1.5.1', 'a', { enc_password: '{DES}ab01FAX.bQRSU' }),
      quick('2.5.2', 'b', { enc_password: '' }),
      quick('3.5.3', 'c'),
    ]);
    const { code, out } = await run({}, data);
    expect(code).toBe(0);
    expect(out).toMatch(
      /\na .*\{DES\} +imported +no password opens this account until .*its scheme cannot be checked here\n/,
    );
    expect(out).toMatch(/\nb .*none +imported +no password opens .*the wiki has none\n/);
    expect(out).toContain(
      "\nNo password opens 2 of these accounts until 'moin-sessions users passwd' sets one.\n",
    );
    expect(await directory.verifyPassword(await directory.findByName('a'), '!')).toBe(false);
    await cli({ cwd, stdin: 'a good password' }, 'users', 'passwd', 'a', '--password-stdin');
    expect(await directory.verifyPassword(await directory.findByName('a'), 'a good password')).toBe(true);
  });

  it('--dry-run says the same and writes nothing', async () => {
    const data = wikiOf([quick('1.5.1', 'a'), quick('2.5.2', 'a')]);
    const { code, out } = await run({}, data, '--dry-run');
    expect(code).toBe(4);
    expect(out).toMatch(/ would import\n/);
    expect(out).toContain('Would import 1 user from');
    expect(() => readFileSync(join(cwd, 'users.json'))).toThrow('ENOENT');
    expect(() => readFileSync(join(cwd, 'audit.log'))).toThrow('ENOENT');
    const json = JSON.parse((await run({}, data, '-n', '--json')).out);
    expect(json.map(({ dryRun, result }: Record<string, unknown>) => [dryRun, result])).toEqual([
      [true, 'imported'],
      [true, 'conflict'],
    ]);
  });

  it('each import is in the audit log', async () => {
    const data = wikiOf([quick('1.5.1', 'a'), quick('2.5.2', '')]);
    await run({}, data);
    const lines = readFileSync(join(cwd, 'audit.log'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        event: 'user-imported',
        user: 'a',
        userId: '1.5.1',
        by: 'operator',
        command: 'users import-moin',
        reason: `from ${join(data, 'user')}`,
      },
    ]);
  });

  it('progress is shown on a terminal', async () => {
    let now = 1_900_000_000_000;
    const clock = () => {
      now += 200;
      return now;
    };
    const users = Array.from({ length: 17 }, (_, index) =>
      quick(`${index + 1}.5.1`, `n${index}`, { enc_password: '' }),
    );
    const { err } = await run({ tty: true, clock }, wikiOf(users));
    expect(err).toMatch(/Imported: \[=+ *\] \d+% of 17 users/);
  });
});

describe('asks', () => {
  it('before users come among others', async () => {
    const data = wikiOf([quick('1.5.1', 'a', { enc_password: '' })]);
    await directory.add('zoe', 'secret');
    const off = await run({}, data);
    expect(off).toMatchObject({ code: 2, out: '' });
    expect(off.err).toContain(
      'this would import 1 user, beside 1 other user: add --yes, or look first with --dry-run',
    );
    const no = await run({ tty: true, answers: [false] }, data);
    expect(no).toMatchObject({ code: 1, asked: ['Import 1 user, beside 1 other user?'] });
    expect(await directory.findByName('a')).toBeNull();
    expect((await run({}, data, '--yes')).code).toBe(0);
    // Nothing is left to ask about.
    expect((await run({}, data)).code).toBe(0);
  });

  it('before a user of the wiki becomes a superuser by the name, and says so with --yes, too', async () => {
    configure({ superuser: ['AdminUser'] });
    const data = wikiOf([quick('1.5.1', 'AdminUser', { enc_password: '' })]);
    const note = "moin-sessions: AdminUser of the wiki is a superuser here by the option 'superuser'\n";
    expect(await run({}, data)).toMatchObject({ code: 2, err: expect.stringContaining(note) });
    expect(await run({}, data, '-n')).toMatchObject({ code: 0, err: note });
    expect(await run({}, data, '--yes')).toMatchObject({ code: 0, err: note });
  });
});

describe('hostile user files', () => {
  it('harm nobody else: huge, binary, links, pipes, folders, names of prototypes', async () => {
    const data = wikiOf([
      quick('1.5.1', 'a'),
      quick('2.5.2', '__proto__'),
      quick('3.5.3', 'constructor'),
      quick('4.5.4', 'd', { enc_password: `{SHA}${'A'.repeat(900_000)}` }),
      quick('5.5.5', 'e'.repeat(500)),
    ]);
    const user = join(data, 'user');
    writeFileSync(join(user, '6.5.6'), `name=f\nenc_password={SHA}${'A'.repeat(10_000_000)}\n`);
    writeFileSync(join(user, '7.5.7'), Buffer.from([0xff, 0xfe, 0, 1, 0x3d, 0x0a, 0x3d, 0xc3]));
    writeFileSync(join(user, '8.5.8'), '');
    writeFileSync(join(user, 'README'), 'name=readme\n');
    mkdirSync(join(user, '9.5.9'));
    symlinkSync(join(user, '1.5.1'), join(user, '10.5.1'));
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const { code, out } = await run({}, data, '--json');
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
    expect(code).toBe(4);
    const results = JSON.parse(out).map(({ id, result, hasPassword }: Record<string, unknown>) => [
      id,
      result,
      hasPassword,
    ]);
    expect(results.sort()).toEqual([
      ['1.5.1', 'imported', true],
      ['10.5.1', 'refused', false],
      ['2.5.2', 'imported', true],
      ['3.5.3', 'imported', true],
      ['4.5.4', 'imported', false],
      ['5.5.5', 'refused', true],
      ['6.5.6', 'refused', false],
      ['7.5.7', 'refused', false],
      ['8.5.8', 'refused', false],
    ]);
    for (const name of ['a', '__proto__', 'constructor'])
      expect(await directory.verifyPassword(await directory.findByName(name), 'pw')).toBe(true);
    expect(out.length).toBeLessThan(10_000);
  });
});

function row(id: string, name: string, more: object) {
  return {
    id,
    name,
    disabled: false,
    scheme: '{SHA}',
    hasPassword: true,
    reason: null,
    dryRun: false,
    ...more,
  };
}

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import { UserDatabase } from '../../src/users/database.js';
import { FileUserDirectory, type FileUserDirectoryOptions } from '../../src/users/file.js';
import type { UserToImport } from '../../src/users/import-verdict.js';
import { withHashingSlot } from '../../src/users/scrypt.js';
import { deferred } from '../aid/deferred.js';
import { temporaryFolder } from '../aid/folder.js';
import { MOIN_USERS, type MoinUser } from '../aid/moin-users.js';
import { makeSite } from '../aid/site.js';

const CHEAP = { cost: 2, blockSize: 1, parallelization: 1 };
const PLAIN = /^\$scrypt\$ln=1,r=1,p=1\$/;
/** Of logins that wait for some rounds of sha512-crypt, on a busy machine. */
const PATIENCE = 120_000;

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'users.json');
});
afterEach(() => void vi.restoreAllMocks());

const open = (options: FileUserDirectoryOptions = {}) =>
  new FileUserDirectory(path, { scrypt: CHEAP, ...options });

function toImport({ id, name, disabled, enc_password = '', email }: MoinUser): UserToImport {
  return { id, name, disabled: disabled === '1', encPassword: enc_password, fields: { email } as object };
}

async function imported(users: Iterable<UserToImport>, directory = open(), options = {}) {
  const results = [];
  for await (const result of directory.importMoinUsers(users, options)) results.push(result);
  return results;
}

function stored(): Record<string, string> {
  const { users } = JSON.parse(readFileSync(path, 'utf8'));
  return Object.fromEntries(
    users.map((user: { name: string; password: string }) => [user.name, user.password]),
  );
}

/** A user with the password `pw`, in a scheme that is fast to check. */
const quick = (id: string, name: string, more: Partial<UserToImport> = {}): UserToImport => ({
  id,
  name,
  disabled: false,
  encPassword: '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=',
  ...more,
});

describe.each(['1.6', '1.9'] as const)('the users of MoinMoin %s', (version) => {
  const wiki = MOIN_USERS[version];

  it(
    'spec 8: each logs in with the password of the wiki, and the hash is one of ours from then on',
    async () => {
      const users = open();
      expect(await imported(wiki.map(toImport), users)).toEqual(
        wiki.map(({ id, name }) =>
          expect.objectContaining({ id, name, result: 'imported', hasPassword: true }),
        ),
      );
      for (const hash of Object.values(stored())) expect(hash).toMatch(/^\$scrypt-[a-z0-9-]+\$/);
      const { browser } = makeSite({ users, auth: ['moin_login', 'moin_session'] });
      const logins = wiki.map(async ({ id, name, password, disabled }) => {
        const { visit } = await browser().visit({ form: { login: true, name, password } });
        const isLetIn = disabled !== '1';
        expect([name, visit.loginResult]).toEqual([name, isLetIn ? 'accepted' : 'failed']);
        if (isLetIn) expect(visit.user).toMatchObject({ id, name });
      });
      await Promise.all(logins);
      for (const [name, hash] of Object.entries(stored()))
        expect([name, hash]).toEqual([name, expect.stringMatching(PLAIN)]);
      for (const { name, password } of wiki)
        expect(await users.verifyPassword(await users.findByName(name), password)).toBe(true);
    },
    PATIENCE,
  );

  it(
    'nobody gets in with another password, nor with the stored hash or parts of it typed as one',
    async () => {
      // One user of each scheme: that of the others is the same code.
      const schemes = new Map(wiki.map((user) => [/^\{\w+\}/.exec(user.enc_password ?? '')?.[0], user]));
      const users = open();
      await imported([...schemes.values()].map(toImport), users);
      const hashes = stored();
      for (const { name, password, enc_password = '' } of schemes.values()) {
        const user = await users.findByName(name);
        const hash = hashes[name] as string;
        for (const typed of [`${password} `, enc_password, hash, enc_password.replace(/^\{\w+\}/, '')])
          expect([name, typed, await users.verifyPassword(user, typed)]).toEqual([name, typed, false]);
      }
      expect(stored()).toEqual(hashes);
    },
    PATIENCE,
  );
});

describe('what is stored', () => {
  it.each(['{SHA}', '{SSHA}', '{MD5}', '{APR1}', '{PASSLIB}'])(
    'nothing of the hash of %s is in the file, so guessing costs scrypt',
    async (scheme) => {
      const user = MOIN_USERS['1.9'].find(({ enc_password }) => enc_password?.startsWith(scheme)) as MoinUser;
      await imported([toImport(user)]);
      const text = readFileSync(path, 'latin1');
      const encoded = (user.enc_password ?? '').replace(/^\{\w+\}/, '');
      const digest = encoded.split('$').at(-1) as string;
      const forms = [digest, ...['hex', 'base64'].map((form) => Buffer.from(digest).toString(form as 'hex'))];
      if (scheme.startsWith('{S')) {
        const bytes = Buffer.from(encoded, 'base64').subarray(0, 20);
        forms.push(bytes.toString('hex'), bytes.toString('base64').slice(0, 26));
      }
      for (const form of forms) expect(text).not.toContain(form);
    },
  );

  it('id, name in NFC, disabled, fields and the date of the account', async () => {
    const user = quick('1.2.3', 'Jo\u0308rg', {
      disabled: true,
      fields: { email: 'j@x.org' } as object,
      created: 7,
    });
    await imported([user]);
    expect(await open().list()).toEqual([
      { id: '1.2.3', name: 'Jörg', disabled: true, email: 'j@x.org', created: new Date(7) },
    ]);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('fields that the file does not take are a TypeError, and nothing is written', async () => {
    const user = quick('1', 'a', { fields: { password: 'x' } as object });
    await expect(imported([user])).rejects.toThrow(TypeError);
    expect(await open().list()).toEqual([]);
  });
});

describe('again, beside others, and with faults', () => {
  it('a second run changes nothing, also after a rename and a new password', async () => {
    const users = [quick('1', 'a'), quick('2', 'b')];
    await imported(users);
    await open().rename('a', 'anna');
    await open().setPassword('b', 'new one');
    const before = readFileSync(path);
    expect(await imported(users)).toMatchObject([
      { result: 'already-here', reason: 'the name here is "anna"' },
      { result: 'already-here', reason: null },
    ]);
    expect(readFileSync(path)).toEqual(before);
  });

  it('dryRun says the same, and writes nothing', async () => {
    const users = [quick('1', 'a'), quick('2', 'a'), quick('3', '\u0007')];
    const planned = await imported(users, open(), { dryRun: true });
    expect(() => statSync(path)).toThrow('ENOENT');
    expect(planned.map(({ result }) => result)).toEqual(['imported', 'conflict', 'refused']);
    expect(await imported(users)).toEqual(planned);
  });

  it.each([
    ['a user here has the name', quick('9', 'anna')],
    ['the name is the id of a user here', quick('9', '1')],
    ['the id is the name of a user here', quick('anna', 'x')],
    ['another user of the wiki has the name in another form of Unicode', quick('9', 'Jo\u0308')],
    ['another user of the wiki has the id', quick('2', 'y')],
  ])('conflict: %s', async (_, user) => {
    await imported([quick('1', 'anna')]);
    const [first, second] = await imported([quick('2', 'J\u00f6'), user]);
    expect(first?.result).toBe('imported');
    expect(second).toMatchObject({
      result: 'conflict',
      reason: expect.stringMatching(/: rename one of the two/),
    });
    expect((await open().list()).map(({ id }) => id).sort()).toEqual(['1', '2']);
  });

  it.each([
    ['control characters', 'a\u001b[2Jb', /control characters/],
    ['nothing', '', /is empty/],
    ['white space at an end', ' a', /white space/],
    ['a mark of direction', 'a\u202eb', /control characters/],
    ['too much', 'x'.repeat(10_000_000), /too long/],
  ])(
    'a name of %s is refused with the rule and the remedy, and the others come along',
    async (_, name, rule) => {
      const results = await imported([quick('1', name), quick('2', 'b')]);
      expect(results).toMatchObject([
        { result: 'refused', reason: expect.stringMatching(rule) },
        { result: 'imported' },
      ]);
      expect(results[0]?.reason).toMatch(/change it in the wiki and run this again/);
      expect(results[0]?.name.length).toBeLessThanOrEqual(200);
      expect(results[0]?.name).not.toMatch(/\p{Cc}/u);
    },
  );

  it.each(['', 'a\nb', 'x'.repeat(201)])('the id %j is refused', async (id) => {
    expect(await imported([quick(id, 'a')])).toMatchObject([{ result: 'refused' }]);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
    '%s is a name and an id as others are',
    async (name) => {
      expect(await imported([quick(name, name)])).toMatchObject([{ result: 'imported' }]);
      const user = await open().findByName(name);
      expect(user).toMatchObject({ id: name, name });
      expect(await open().findById(name)).toEqual(user);
      expect(await open().verifyPassword(user, 'pw')).toBe(true);
    },
  );

  it('a user who is added while others are hashed keeps the name', async () => {
    const run = open({ scrypt: { ...CHEAP, cost: 2 ** 14 } }).importMoinUsers([quick('1', 'anna')]);
    const first = run.next();
    // The hash waits for a thread; this reads and writes at once.
    const user = { id: 'x', name: 'anna', password: '!', disabled: false, created: 1 };
    writeFileSync(path, JSON.stringify({ version: 1, users: [user] }));
    expect((await first).value).toMatchObject({ result: 'conflict' });
    expect(Object.keys(stored())).toEqual(['anna']);
    expect(await open().findById('x')).not.toBeNull();
  });

  it('an import that stops in the middle has written what it gave, and a second run goes on', async () => {
    const users = Array.from({ length: 40 }, (_, index) => quick(`id${index}`, `n${index}`));
    let seen = 0;
    for await (const _ of open().importMoinUsers(users)) if (++seen === 17) break;
    expect(Object.keys(stored()).length).toBeGreaterThanOrEqual(17);
    expect(Object.keys(stored()).length).toBeLessThan(40);
    await imported(users);
    expect(Object.keys(stored())).toHaveLength(40);
  });

  it('with allCores it waits for no login, and gives the same', async () => {
    const { promise, resolve: free } = deferred();
    const logins = [1, 2].map((login) => withHashingSlot(`login ${login}`, () => promise));
    const users = Array.from({ length: 20 }, (_, index) => quick(`id${index}`, `n${index}`));
    const results = await imported(users, open(), { allCores: true });
    free();
    await Promise.all(logins);
    expect(results.map(({ id, result }) => [id, result])).toEqual(users.map(({ id }) => [id, 'imported']));
    expect(await open().verifyPassword(await open().findByName('n19'), 'pw')).toBe(true);
  });

  it('a directory that is read-only refuses before it hashes', async () => {
    await expect(imported([quick('1', 'a')], open({ readOnly: true }))).rejects.toThrow(StoreError);
  });
});

describe('users without a hash that can be checked', () => {
  it.each([
    ['no hash', '', null],
    ['DES', '{DES}ab01FAX.bQRSU', '{DES}'],
    ['an unknown scheme', '{WHAT}abc', '{WHAT}'],
    ['no scheme', 'secret', 'unknown'],
    ['bcrypt', '{PASSLIB}$2b$12$abc', '{PASSLIB}$2b$'],
    ['a damaged hash', '{SHA}!!!', '{SHA}'],
    ['too many rounds', `{PASSLIB}$6$rounds=5000001$salt$${'a'.repeat(86)}`, '{PASSLIB}$6$'],
    ['10 MB', `{SHA}${'A'.repeat(10_000_000)}`, 'unknown'],
  ])(
    '%s: comes along, says so, and no password opens the account until passwd',
    async (_, encPassword, scheme) => {
      const [result] = await imported([quick('1', 'a', { encPassword })]);
      expect(result).toMatchObject({ result: 'imported', hasPassword: false, scheme });
      expect(result?.reason).toMatch(
        /^no password opens this account until 'moin-sessions users passwd' sets one: /,
      );
      expect(result?.reason?.length).toBeLessThan(250);
      const user = await open().findByName('a');
      for (const typed of ['', '!', 'secret', encPassword.slice(0, 500), stored().a as string])
        expect(await open().verifyPassword(user, typed)).toBe(false);
      await open().setPassword('a', 'new one');
      expect(await open().verifyPassword(user, 'new one')).toBe(true);
    },
  );
});

describe('the first login', () => {
  const LATIN1 = { encPassword: '{SHA}flwPeroyzz4i/TDEUToh5tHDrv8=' }; // sha1 of the one byte 0xe4

  it('ten at once: all are let in, and the hash is renewed once', async () => {
    const directory = open();
    await imported([quick('1', 'a')], directory);
    const user = await directory.findByName('a');
    const writes = vi.spyOn(JSON, 'stringify');
    const answers = Array.from({ length: 10 }, () => directory.verifyPassword(user, 'pw'));
    expect(await Promise.all(answers)).toEqual(Array(10).fill(true));
    const texts = writes.mock.results.map(({ value }) => String(value));
    expect(texts.filter((text) => text.includes('"version":1'))).toHaveLength(1);
    expect(stored().a).toMatch(PLAIN);
  });

  it('a wrong password renews nothing', async () => {
    const directory = open();
    await imported([quick('1', 'a')], directory);
    expect(await directory.verifyPassword(await directory.findByName('a'), 'wrong')).toBe(false);
    expect(stored().a).toMatch(/^\$scrypt-sha1\$/);
  });

  it('a new password that is set while the hash is renewed stays', async () => {
    const directory = open();
    await imported([quick('1', 'a')], directory);
    const user = await directory.findByName('a');
    const { change } = UserDatabase.prototype;
    vi.spyOn(UserDatabase.prototype, 'change').mockImplementationOnce(async function (
      this: UserDatabase,
      renew,
    ) {
      // The renewal is about to be written.
      await open().setPassword('a', 'newer');
      return change.call(this, renew as never) as never;
    });
    expect(await directory.verifyPassword(user, 'pw')).toBe(true);
    expect(await directory.verifyPassword(user, 'newer')).toBe(true);
    expect(await directory.verifyPassword(user, 'pw')).toBe(false);
  });

  it('of a file that is read only: the login works, and the hash stays', async () => {
    await imported([quick('1', 'a')]);
    const before = readFileSync(path);
    const directory = open({ readOnly: true });
    expect(await directory.verifyPassword(await directory.findByName('a'), 'pw')).toBe(true);
    expect(readFileSync(path)).toEqual(before);
  });

  it('a hash over ISO 8859-1 opens with the same letters, and only {SHA} has such hashes', async () => {
    const directory = open({ readOnly: true });
    await imported([quick('1', 'a', LATIN1)]);
    const user = await directory.findByName('a');
    for (const typed of ['\u00e4', 'a\u0308']) expect(await directory.verifyPassword(user, typed)).toBe(true);
    for (const typed of ['a', '\u00c3\u00a4', '\ufffd'])
      expect(await directory.verifyPassword(user, typed)).toBe(false);
  });

  it('a hash over letters as a browser sent them, not in NFC, opens with these', async () => {
    const { createHash } = await import('node:crypto');
    const typed = `cafe\u0301\u00a0${'x'.repeat(1000)}`;
    const encPassword = `{SHA}${createHash('sha1').update(typed).digest('base64')}`;
    await imported([quick('1', 'a', { encPassword })]);
    const directory = open();
    const user = await directory.findByName('a');
    expect(await directory.verifyPassword(user, typed)).toBe(true);
    expect(stored().a).toMatch(PLAIN);
    expect(await directory.verifyPassword(user, typed.normalize('NFC').replace('\u00a0', ' '))).toBe(true);
  });

  it.each([1024, 1025])('a password of %i bytes', async (length) => {
    const { createHash } = await import('node:crypto');
    const typed = 'x'.repeat(length);
    const encPassword = `{SHA}${createHash('sha1').update(typed).digest('base64')}`;
    await imported([quick('1', 'a', { encPassword })]);
    const isRight = await open().verifyPassword(await open().findByName('a'), typed);
    expect(isRight).toBe(length === 1024);
  });
});

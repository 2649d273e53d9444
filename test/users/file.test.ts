import { execFileSync, spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOUR } from '../../src/base/clock.js';
import { ConfigurationError, NotFoundError, StoreError, UserRuleError } from '../../src/base/errors.js';
import { FileUserDirectory, type FileUserDirectoryOptions } from '../../src/users/file.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, scrypt: vi.fn(real.scrypt) };
});
const scrypt = vi.mocked(crypto.scrypt);

const CHEAP = { cost: 2, blockSize: 1, parallelization: 1 };
const DEAR = { cost: 4, blockSize: 1, parallelization: 1 };

let folder: string;
let path: string;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'users.json');
});

afterEach(() => void vi.restoreAllMocks());

function open(options: FileUserDirectoryOptions = {}): FileUserDirectory {
  return new FileUserDirectory(path, { scrypt: CHEAP, ...options });
}

function stored(): { version: number; users: { id: string; name: string; password: string }[] } {
  return JSON.parse(readFileSync(path, 'utf8'));
}

describe('FileUserDirectory', () => {
  it('adds a user with fields of the site, as copies', async () => {
    const roles = ['editor'];
    const added = await open().add('edith', 'secret', { roles });
    roles.push('owner');
    expect(added).toMatchObject({ name: 'edith', roles: ['editor'] });
    expect(await open().findByName('edith')).toEqual(added);
    expect(await open().verifyPassword(added, 'secret')).toBe(true);
  });

  it.each([
    ['id', { id: 'mine' }],
    ['created', { created: 1 }],
    ['passwordHint', { passwordHint: 'the dog' }],
    ['JSON cannot hold', { since: new Date(0) }],
    ['JSON cannot hold', { locale: undefined }],
  ])('refuses fields that a user cannot have (%s), and adds nobody', async (what, fields) => {
    const adding = open().add('edith', 'secret', fields);
    await expect(adding).rejects.toThrow(TypeError);
    await expect(adding).rejects.toThrow(what);
    expect(await open().list()).toEqual([]);
  });

  it('touches no file until it is asked to write', async () => {
    const directory = open();
    expect(await directory.list()).toEqual([]);
    expect(await directory.findByName('alice')).toBeNull();
    expect(await directory.findById('x')).toBeNull();
    expect(await directory.verifyPassword(null, 'secret')).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes a file URL, and makes the folder', async () => {
    path = join(folder, 'deep', 'er', 'users.json');
    await new FileUserDirectory(pathToFileURL(path), { scrypt: CHEAP }).add('alice', 'secret');
    expect(await open().findByName('alice')).not.toBeNull();
  });

  it('says at once that scrypt parameters are impossible', () => {
    expect(() => open({ scrypt: { cost: 1000 } })).toThrow(ConfigurationError);
  });

  it('adds users, and finds them by name and id, also in another process', async () => {
    const created = Date.UTC(2030, 0, 1);
    const alice = await open({ clock: () => created }).add('alice', 'secret');
    const bob = await open({ clock: () => created + HOUR }).add('bob', 'secret');
    const directory = open();
    expect(alice).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), name: 'alice', disabled: false });
    expect(await directory.findByName('alice')).toEqual(alice);
    expect(await directory.findById(bob.id)).toEqual(bob);
    expect(await directory.list()).toEqual([
      { ...alice, created: new Date(created) },
      { ...bob, created: new Date(created + HOUR) },
    ]);
  });

  it('keeps the file, and no password, to its owner, and leaves nothing else but the lock', async () => {
    await open().add('alice', 'hunter2-hunter2');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain('hunter2');
    expect(readdirSync(folder).sort()).toEqual(['users.json', 'users.json.lock']);
  });

  it.each(['__proto__', 'constructor', 'toString', 'Ελένη', 'Мария', '田中', 'محمد', '👩‍🚀'])(
    'the name %s is a name like any other',
    async (name) => {
      const directory = open();
      expect(await directory.findByName(name)).toBeNull();
      expect(await directory.findById(name)).toBeNull();
      const user = await directory.add(name, 'secret');
      expect(await directory.findByName(name)).toEqual(user);
      expect(await directory.verifyPassword(user, 'secret')).toBe(true);
    },
  );

  it('finds a name however its letters were composed, and in this case only', async () => {
    const directory = open();
    const zoe = await directory.add('Zoe\u0308', 'secret');
    expect(zoe.name).toBe('Zo\u00eb');
    expect(await directory.findByName('Zo\u00eb')).toEqual(zoe);
    expect(await directory.findByName('Zoe\u0308')).toEqual(zoe);
    expect(await directory.findByName('zo\u00eb')).toBeNull();
    expect(await directory.findByName('x'.repeat(1_000_000))).toBeNull();
  });

  it('refuses a name that is taken, as a name or as an id', async () => {
    const directory = open();
    const { id } = await directory.add('Zo\u00eb', 'secret');
    await expect(directory.add('Zoe\u0308', 'other')).rejects.toThrow(UserRuleError);
    await expect(directory.add('Zoe\u0308', 'other')).rejects.toThrow(/already: choose another name/);
    await expect(directory.add(id, 'other')).rejects.toThrow(UserRuleError);
    expect(await directory.list()).toHaveLength(1);
  });

  it('refuses bad names and passwords before it hashes or writes', async () => {
    const directory = open();
    await expect(directory.add(' alice', 'secret')).rejects.toThrow(UserRuleError);
    await expect(directory.add('alice', '')).rejects.toThrow(UserRuleError);
    expect(existsSync(path)).toBe(false);
  });

  it('tells a sign-up form what is wrong: code, status, and a sentence for the person who typed', async () => {
    const directory = open();
    await directory.add('alice', 'secret');
    const wrong = (made: Promise<unknown>) => expect(made).rejects;
    const taken = {
      code: 'name-taken',
      statusCode: 409,
      message: 'there is a user "alice" already: choose another name',
    };
    await wrong(directory.add('alice', 'other')).toMatchObject(taken);
    await wrong(directory.add('bob', '')).toMatchObject({ code: 'password', statusCode: 400 });
    await wrong(directory.add('', 'secret')).toMatchObject({ code: 'name', statusCode: 400 });
    await wrong(directory.setPassword('alice', 'x\ny')).toMatchObject({ code: 'password', statusCode: 400 });
  });

  it.each([undefined, null, 7, ['a', 'b'], {}])(
    'refuses %j, as a form without the field gives it',
    async (value) => {
      const directory = open();
      await directory.add('alice', 'secret');
      const typed = value as string;
      const missing = (what: string) => ({
        name: 'UserRuleError',
        message: `the ${what} is missing: give one as text`,
      });
      await expect(directory.add(typed, 'secret')).rejects.toMatchObject(missing('user name'));
      await expect(directory.add('bob', typed)).rejects.toMatchObject(missing('password'));
      await expect(directory.setPassword('alice', typed)).rejects.toMatchObject(missing('password'));
      await expect(directory.setPassword(typed, 'secret')).rejects.toThrow(NotFoundError);
      await expect(directory.setDisabled(typed, true)).rejects.toThrow(NotFoundError);
      expect(await directory.findByName(typed)).toBeNull();
      expect(await directory.verifyPassword(await directory.findByName('alice'), typed)).toBe(false);
    },
  );

  it('disables and enables by name or id', async () => {
    const directory = open();
    const { id } = await directory.add('alice', 'secret');
    expect(await directory.setDisabled('alice', true)).toEqual({ id, name: 'alice', disabled: true });
    expect((await directory.findById(id))?.disabled).toBe(true);
    expect(await directory.verifyPassword({ id, name: 'alice' }, 'secret')).toBe(true);
    await directory.setDisabled(id, false);
    expect((await directory.findByName('alice'))?.disabled).toBe(false);
  });

  it('sets passwords by name or id', async () => {
    const directory = open();
    const alice = await directory.add('alice', 'first');
    await directory.setPassword('alice', 'second');
    expect(await directory.verifyPassword(alice, 'first')).toBe(false);
    expect(await directory.verifyPassword(alice, 'second')).toBe(true);
    await directory.setPassword(alice.id, 'third');
    expect(await directory.verifyPassword(alice, 'third')).toBe(true);
  });

  it('finds a user to change however the letters of the name were composed', async () => {
    const directory = open();
    const { id } = await directory.add('Zo\u00eb', 'secret');
    expect(await directory.setDisabled('Zoe\u0308', true)).toMatchObject({ id, disabled: true });
    await directory.setPassword('Zoe\u0308', 'other');
    expect(await directory.verifyPassword(await directory.findById(id), 'other')).toBe(true);
    await expect(directory.setDisabled('x'.repeat(100_000), true)).rejects.toThrow(NotFoundError);
  });

  it('says that a user does not exist, and makes no file', async () => {
    await expect(open().setPassword('nobody', 'secret')).rejects.toThrow(NotFoundError);
    await expect(open().setDisabled('nobody', true)).rejects.toThrow(/users list/);
    expect(existsSync(path)).toBe(false);
  });

  it('hands out copies', async () => {
    const directory = open();
    const alice = await directory.add('alice', 'secret');
    const found = await directory.findById(alice.id);
    if (found !== null) found.disabled = true;
    expect((await directory.findById(alice.id))?.disabled).toBe(false);
  });
});

describe('reading', () => {
  it('parses the file once, and again when another process changed it', async () => {
    let now = Date.now();
    const reader = open({ clock: () => now });
    const { id } = await open().add('alice', 'secret');
    now += HOUR;
    await reader.findById(id);
    const parse = vi.spyOn(JSON, 'parse');
    for (let n = 0; n < 10; n++) expect((await reader.findById(id))?.disabled).toBe(false);
    expect(parse).not.toHaveBeenCalled();
    await open().setDisabled('alice', true);
    expect((await reader.findById(id))?.disabled).toBe(true);
  });

  it('trusts no file that was written within the same tick of the clock', async () => {
    const { id } = await open().add('alice', 'secret');
    const reader = open({ clock: () => statSync(path).ctimeMs });
    await reader.findById(id);
    const parse = vi.spyOn(JSON, 'parse');
    await reader.findById(id);
    expect(parse).toHaveBeenCalledOnce();
  });

  it('notices that the file is gone', async () => {
    const directory = open({ clock: () => Date.now() + HOUR });
    await directory.add('alice', 'secret');
    expect(await directory.findByName('alice')).not.toBeNull();
    rmSync(path);
    await expect(directory.findByName('alice')).rejects.toThrow(StoreError);
  });
});

describe('passwords', () => {
  const costs = () => scrypt.mock.calls.map(([, , length, options]) => ({ length, ...options }));

  it('costs the same for a right and a wrong one, for nobody, and for one who is gone', async () => {
    const directory = open();
    const alice = await directory.add('alice', 'secret');
    scrypt.mockClear();
    expect(await directory.verifyPassword(alice, 'secret')).toBe(true);
    expect(await directory.verifyPassword(alice, 'wrong')).toBe(false);
    expect(await directory.verifyPassword(null, 'secret')).toBe(false);
    expect(await directory.verifyPassword({ id: 'gone', name: 'gone' }, 'secret')).toBe(false);
    expect(costs()).toHaveLength(4);
    expect(new Set(costs().map((cost) => JSON.stringify(cost)))).toHaveLength(1);
  });

  it('works on no password that nobody can have', async () => {
    const alice = await open().add('alice', 'secret');
    scrypt.mockClear();
    expect(await open().verifyPassword(alice, '')).toBe(false);
    expect(await open().verifyPassword(alice, 'x'.repeat(1_000_000))).toBe(false);
    expect(scrypt).not.toHaveBeenCalled();
  });

  it('renews the hash at the login after parameters were raised, once, and only for the right password', async () => {
    const alice = await open().add('alice', 'secret');
    const raised = open({ scrypt: DEAR });
    const before = readFileSync(path, 'utf8');
    expect(await raised.verifyPassword(alice, 'wrong')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(await raised.verifyPassword(alice, 'secret')).toBe(true);
    const renewed = readFileSync(path, 'utf8');
    expect(stored().users[0]?.password).toMatch(/^\$scrypt\$ln=2,/);
    expect(await raised.verifyPassword(alice, 'secret')).toBe(true);
    expect(await open().verifyPassword(alice, 'secret')).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(renewed);
  });

  it('does not undo, by a renewal, a password that was set meanwhile', async () => {
    const alice = await open().add('alice', 'secret');
    const real = scrypt.getMockImplementation() as typeof crypto.scrypt;
    const slow = (...args: Parameters<typeof crypto.scrypt>) => {
      const file = stored();
      for (const user of file.users) user.password = 'set meanwhile';
      writeFileSync(path, JSON.stringify(file));
      real(...args);
    };
    scrypt.mockImplementationOnce(real).mockImplementationOnce(real).mockImplementationOnce(slow);
    expect(await open({ scrypt: DEAR }).verifyPassword(alice, 'secret')).toBe(true);
    expect(stored().users[0]?.password).toBe('set meanwhile');
  });

  it('lets the user in when the renewal cannot be written, and warns once', async () => {
    const alice = await open().add('alice', 'secret');
    rmSync(`${path}.lock`);
    mkdirSync(`${path}.lock`);
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const raised = open({ scrypt: DEAR });
    expect(await raised.verifyPassword(alice, 'secret')).toBe(true);
    expect(await raised.verifyPassword(alice, 'secret')).toBe(true);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toMatch(/could not be renewed: cannot/);
  });

  it('read-only: renews nothing, and refuses what would write', async () => {
    const alice = await open().add('alice', 'secret');
    const before = readFileSync(path, 'utf8');
    const directory = open({ scrypt: DEAR, readOnly: true });
    scrypt.mockClear();
    expect(await directory.verifyPassword(alice, 'secret')).toBe(true);
    expect(costs().map(({ cost }) => cost)).toEqual([DEAR.cost, CHEAP.cost]);
    await expect(directory.add('bob', 'secret')).rejects.toThrow(StoreError);
    await expect(directory.setPassword('alice', 'x')).rejects.toThrow(/without 'readOnly'/);
    await expect(directory.setDisabled('alice', true)).rejects.toThrow(StoreError);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('names user and remedy when a hash cannot be checked; a new password mends it, others are not harmed', async () => {
    const directory = open();
    const alice = await directory.add('alice', 'secret');
    const bob = await directory.add('bob', 'secret');
    const file = stored();
    for (const user of file.users) if (user.name === 'alice') user.password = '$2b$12$from-elsewhere';
    writeFileSync(path, JSON.stringify(file));
    await expect(directory.verifyPassword(alice, 'secret')).rejects.toThrow(/"alice".+users passwd/);
    expect(await directory.verifyPassword(bob, 'secret')).toBe(true);
    await directory.setPassword('alice', 'secret');
    expect(await directory.verifyPassword(alice, 'secret')).toBe(true);
  });
});

describe('a file that is not ours to overwrite', () => {
  const user = { id: 'a', name: 'alice', password: '$', disabled: false, created: 0 };
  const DEEP = `{"version":1,"users":[${JSON.stringify(user).slice(0, -1)},"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}]}`;
  it.each([
    ['empty', '', /damaged.+backup/],
    ['cut off', '{"version":1,"users":[{"id"', /damaged.+backup/],
    ['no object', '[]', /damaged.+backup/],
    ['of no version', '{"users":[]}', /damaged.+backup/],
    ['of a newer version', '{"version":2,"people":{}}', /version 2, newer than 1.+upgrade/],
    ['without a list', '{"version":1,"users":{}}', /'users' is not a list/],
    ['with half a user', '{"version":1,"users":[{"id":"a"}]}', /user number 1 lacks/],
    ['with null for a user', '{"version":1,"users":[null]}', /user number 1 lacks/],
    ['with a field nested very deep', DEEP, /a field of its user number 1 is nested deeper than 1000 levels/],
    ['with one id twice', JSON.stringify({ version: 1, users: [user, { ...user, name: 'b' }] }), /same id/],
    ['with one name twice', JSON.stringify({ version: 1, users: [user, { ...user, id: 'b' }] }), /same name/],
  ])('%s: is named with the remedy, and stays as it is', async (_, text, remedy) => {
    writeFileSync(path, text);
    const directory = open();
    for (const attempt of [
      () => directory.list(),
      () => directory.findById('a'),
      () => directory.findByName('alice'),
      () => directory.verifyPassword({ id: 'a', name: 'alice' }, 'secret'),
      () => directory.add('alice', 'secret'),
      () => directory.setDisabled('alice', true),
    ]) {
      const error = await attempt().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(StoreError);
      expect((error as Error).message).toMatch(remedy);
      expect((error as Error).message).toContain(path);
      expect((error as Error).message).not.toContain('\n');
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('a pipe in its place: named with the remedy, and nobody waits for its writer', async (context) => {
    need(context, process.platform === 'win32' ? 'Windows has no such pipes' : null);
    execFileSync('mkfifo', [path]);
    await expect(open().list()).rejects.toThrow(/user directory .+users.json: it is a pipe.+move it away/);
    await expect(open().add('alice', 'secret')).rejects.toThrow(/it is a pipe.+move it away/);
  });

  it('a folder, or a link, in its place: named with the remedy', async () => {
    mkdirSync(path);
    await expect(open().list()).rejects.toThrow(/user directory .+folder.+move it away/);
    const target = join(folder, 'target.json');
    writeFileSync(target, '{"version":1,"users":[]}');
    path = join(folder, 'link.json');
    symlinkSync(target, path);
    await expect(open().add('alice', 'secret')).rejects.toThrow(StoreError);
    expect(readFileSync(target, 'utf8')).toBe('{"version":1,"users":[]}');
  });

  it('keeps fields of a user that it does not know', async () => {
    writeFileSync(path, JSON.stringify({ version: 1, users: [{ ...user, mail: 'a@example.org' }] }));
    await open().setDisabled('alice', true);
    expect(stored().users).toEqual([{ ...user, mail: 'a@example.org', disabled: true }]);
  });

  it('finds a name that was put into it by hand, decomposed', async () => {
    writeFileSync(path, JSON.stringify({ version: 1, users: [{ ...user, name: 'Zoe\u0308' }] }));
    expect((await open().findByName('Zo\u00eb'))?.id).toBe('a');
  });

  it('spec 6: its mode stays as it was', async () => {
    await open().add('alice', 'secret');
    chmodSync(path, 0o640);
    await open().setDisabled('alice', true);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });
});

describe('several writers', () => {
  it('one process, many at once: nothing is lost, and of equal names one wins', async () => {
    const directory = open();
    const names = Array.from({ length: 20 }, (_, n) => `user-${n}`);
    await Promise.all(names.map((name) => directory.add(name, 'secret')));
    expect((await directory.list()).map(({ name }) => name).sort()).toEqual([...names].sort());
    const same = await Promise.allSettled([1, 2, 3].map(() => open().add('same', 'secret')));
    expect(same.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('two processes add users at once: nothing is lost', async () => {
    const script = fileURLToPath(new URL('add-users.mjs', import.meta.url));
    const children = ['left', 'right'].map((name) =>
      spawn(process.execPath, [script, path, name, '40'], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    const exits = children.map((child) => once(child, 'exit'));
    for (const { stdin } of children) stdin.write('go\n');
    expect(await Promise.all(exits)).toEqual([
      [0, null],
      [0, null],
    ]);
    const users = await open().list();
    expect(users).toHaveLength(80);
    expect(new Set(users.map(({ name }) => name))).toHaveLength(80);
    expect(readdirSync(folder).sort()).toEqual(['users.json', 'users.json.lock']);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSessions } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';
import { FileUserDirectory } from '../../src/users/file.js';
import { Browser } from '../aid/browser.js';
import { temporaryFolder } from '../aid/folder.js';

const CHEAP = { cost: 2, blockSize: 1, parallelization: 1 };
const DEAR = { cost: 4, blockSize: 1, parallelization: 1 };
const OLD = 'the old password';
const NEW = 'the new password';

let path: string;

beforeEach(() => {
  path = join(temporaryFolder(), 'users.json');
});

function open(scrypt = CHEAP): FileUserDirectory {
  return new FileUserDirectory(path, { scrypt });
}

async function withBob(): Promise<{ users: FileUserDirectory; id: string }> {
  const users = open();
  const { id } = await users.add('bob', OLD);
  return { users, id };
}

function siteOf(users: FileUserDirectory) {
  const store = new MemoryStore();
  const sessions = createSessions({ store, users, secrets: 'a secret of the tests, 32 bytes or more' });
  const logIn = async (password: string) => {
    const browser = new Browser(sessions);
    const { user } = await browser.logIn('bob', { password });
    return { browser, user };
  };
  return { sessions, logIn };
}

describe('the stamp of a password in a user file', () => {
  it('changes with the password, also when it is set to the same one, and for nothing else', async () => {
    const { users, id } = await withBob();
    const first = await users.passwordStamp(id);
    await users.rename('bob', 'robert');
    await users.setFields(id, { roles: ['editor'] } as never);
    await users.setDisabled(id, true);
    expect(await users.passwordStamp(id)).toBe(first);
    await users.setPassword(id, OLD);
    const second = await users.passwordStamp(id);
    expect(new Set([first, second]).size).toBe(2);
    expect(await users.passwordStamp('')).toBeNull();
    await users.remove(id);
    expect(await users.passwordStamp(id)).toBeNull();
  });

  it('stays when a login renews the hash, again and again, and changes at the next password all the same', async () => {
    const { users, id } = await withBob();
    const bob = await users.findById(id);
    const first = await users.passwordStamp(id);
    const hashes = new Set();
    for (const cost of [4, 8, 16]) {
      expect(await open({ ...CHEAP, cost }).verifyPassword(bob, OLD)).toBe(true);
      hashes.add(JSON.parse(readFileSync(path, 'utf8')).users[0].password);
      expect(await users.passwordStamp(id)).toBe(first);
    }
    expect(hashes.size).toBe(3);
    await users.setPassword(id, OLD);
    expect(await users.passwordStamp(id)).not.toBe(first);
    expect(readFileSync(path, 'utf8')).not.toContain('passwordRenewal');
  });

  it('changes when a hash is put into the file by hand, or by a version that knows no stamps', async () => {
    const { users, id } = await withBob();
    await open(DEAR).verifyPassword(await users.findById(id), OLD);
    const first = await users.passwordStamp(id);
    const file = JSON.parse(readFileSync(path, 'utf8'));
    file.users[0].password = file.users[0].password.replace(/.$/, '');
    writeFileSync(path, JSON.stringify(file));
    expect(await open().passwordStamp(id)).not.toBe(first);
  });

  it('is neither the hash nor a field of the user', async () => {
    const { users, id } = await withBob();
    const raised = open(DEAR);
    await raised.verifyPassword(await users.findById(id), OLD);
    const stamp = String(await users.passwordStamp(id));
    const shown = [await users.list(), await users.findById(id), await users.findByName('bob')];
    expect(JSON.stringify(shown)).not.toContain(stamp);
    expect(JSON.parse(readFileSync(path, 'utf8')).users[0].password).not.toContain(stamp);
    expect(Object.keys((await users.findById(id)) ?? {})).toEqual(['id', 'name', 'disabled']);
  });

  it('spec 5: a change that knew the old password does not replace one that came first', async () => {
    const { users, id } = await withBob();
    const passwordStamp = await users.passwordStamp(id);
    await users.setPassword(id, NEW);
    const late = users.setPassword(id, 'of a thief', { passwordStamp });
    await expect(late).rejects.toMatchObject({ code: 'password-changed', statusCode: 409 });
    expect(await users.verifyPassword(await users.findById(id), NEW)).toBe(true);
    await users.setPassword(id, OLD, { passwordStamp: await users.passwordStamp(id) });
    await users.setPassword(id, NEW, { passwordStamp: null });
    expect(await users.verifyPassword(await users.findById(id), NEW)).toBe(true);
  });

  it('S4: logins that renew the hash, many at a time, are let in', async () => {
    await withBob();
    const { logIn } = siteOf(open(DEAR));
    const answers = await Promise.all(Array.from({ length: 20 }, () => logIn(OLD)));
    expect(answers.map(({ user }) => user)).toEqual(Array(20).fill('bob'));
  });

  it('S4: of 30 queued logins none is open when the password was set and the user ended in the middle', async () => {
    const users = open({ cost: 2 ** 13, blockSize: 8, parallelization: 1 });
    const { id } = await users.add('bob', OLD);
    const { sessions, logIn } = siteOf(users);
    const logins = Array.from({ length: 30 }, () => logIn(OLD));
    expect((await logins[0])?.user).toBe('bob');
    await users.setPassword(id, NEW);
    await sessions.endUser(id);
    const results = await Promise.all(logins);
    const later = await Promise.all(results.map(({ browser }) => browser.visit()));
    expect(later.map(({ user }) => user)).toEqual(Array(30).fill(null));
    // Else the change would not have been in the middle.
    expect(results.filter(({ user }) => user === null).length).toBeGreaterThan(0);
    expect((await logIn(OLD)).user).toBeNull();
    expect((await logIn(NEW)).user).toBe('bob');
  });
});

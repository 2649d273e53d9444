import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HOUR } from '../../src/base/clock.js';
import { createSessions, StoreError } from '../../src/index.js';
import { temporaryFolder } from '../aid/folder.js';
import { directoryAt, namesIn } from './user-file.js';

/** A clock so late that every file looks settled: what was read is kept. */
const later = () => Date.now() + HOUR;

async function withAlice() {
  const path = join(temporaryFolder(), 'mount', 'users.json');
  await directoryAt(path).add('alice', 'alice');
  return path;
}

/** A server on that file, and the cookie of alice, who has logged in. */
async function server(users: string) {
  const sessions = createSessions({ store: 'memory:', users, secrets: 'x'.repeat(32) });
  onTestFinished(() => sessions.close());
  const login = await sessions.begin({
    method: 'POST',
    headers: {},
    form: { login: true, name: 'alice', password: 'alice' },
  });
  const cookie = String((await login.commit())['set-cookie']).split(';')[0] ?? '';
  const visit = () => sessions.begin({ headers: { cookie } });
  return { sessions, visit };
}

const HAS_GONE = /users\.json was there and has gone: put it back or mount it; .* restart the process$/;

describe('a user file that was there and has gone', () => {
  it('S3: ends no session and deletes no cookie: the request fails until the file is back', async () => {
    const path = await withAlice();
    const { visit } = await server(path);
    renameSync(path, `${path}.away`);
    await expect(visit()).rejects.toThrow(StoreError);
    await expect(visit()).rejects.toThrow(HAS_GONE);
    renameSync(`${path}.away`, path);
    const back = await visit();
    expect(back.user?.name).toBe('alice');
    expect(await back.commit()).not.toHaveProperty('set-cookie');
  });

  it('spec 2: makes no session refused in a listing', async () => {
    const path = await withAlice();
    const { sessions } = await server(path);
    rmSync(path);
    await expect(sessions.list({ state: 'refused' }).next()).rejects.toThrow(HAS_GONE);
    await expect(sessions.purge({ state: 'refused' })).rejects.toThrow(HAS_GONE);
  });

  it.each([
    ['a file', (path: string) => path],
    ['a folder, as of a volume', dirname],
  ])('no user is added without the others that it held, when %s has gone', async (_, whatGoes) => {
    const path = await withAlice();
    const directory = directoryAt(path);
    await directory.list();
    renameSync(whatGoes(path), `${whatGoes(path)}.away`);
    await expect(directory.add('bob', 'bob')).rejects.toThrow(HAS_GONE);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(dirname(path))).toBe(whatGoes !== dirname);
    renameSync(`${whatGoes(path)}.away`, whatGoes(path));
    await directory.add('bob', 'bob');
    expect(namesIn(path)).toEqual(['alice', 'bob']);
  });

  it('is no file without users where it goes between the look at it and the reading', async () => {
    const path = await withAlice();
    const text = readFileSync(path, 'utf8');
    let goesNow = false;
    const directory = directoryAt(path, {
      // Asked behind the look at the file.
      clock: () => {
        if (goesNow) rmSync(path);
        goesNow = false;
        return later();
      },
    });
    goesNow = true;
    await expect(directory.findByName('alice')).rejects.toThrow(HAS_GONE);
    writeFileSync(path, text);
    expect(await directory.findByName('alice')).not.toBeNull();
  });

  it('spec 7: one that never was there holds no users, and can be begun', async () => {
    const path = join(temporaryFolder(), 'users.json');
    const directory = directoryAt(path);
    expect(await directory.list()).toEqual([]);
    await directory.add('alice', 'alice');
    expect(namesIn(path)).toEqual(['alice']);
    rmSync(path);
    await expect(directory.list()).rejects.toThrow(HAS_GONE);
  });
});

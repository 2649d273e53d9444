import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSessions, FileStore, MemoryStore, StoreError } from '../src/index.js';
import { temporaryFolder } from './aid/folder.js';
import { makeSite } from './aid/site.js';
import { TestUsers } from './aid/users.js';

const SECRETS = 's'.repeat(32);

describe('sessions.open (spec 5)', () => {
  it('opens a store and leaves nothing behind, as often as a health check asks', async () => {
    const site = makeSite();
    for (let count = 0; count < 3; count++) await expect(site.sessions.open()).resolves.toBeUndefined();
    expect(await site.records()).toEqual([]);
    expect(await site.store.tombstone('0'.repeat(32))).toBeNull();
  });

  it('says at the start that the folder is no store, and works once it is one', async () => {
    const store = temporaryFolder();
    writeFileSync(join(store, 'letter.txt'), '');
    const sessions = createSessions({ store });
    await expect(sessions.open()).rejects.toThrow(/holds other things and no store/);
    rmSync(join(store, 'letter.txt'));
    await sessions.open();
    await sessions.close();
  });

  it('says that a store went out of reach after the start, for reading', async () => {
    const site = makeSite();
    await site.sessions.open();
    site.store.unreachable = true;
    await expect(site.sessions.open()).rejects.toThrow(StoreError);
    site.store.unreachable = false;
    await site.sessions.open();
  });

  it('says that a store cannot be written, because a reader of its disk would find out at the first login', async () => {
    const folder = temporaryFolder();
    const sessions = createSessions({ store: new FileStore(folder, { readOnly: true }), secrets: SECRETS });
    await expect(sessions.open()).rejects.toThrow(/read/);
  });

  it('says that the user file is missing, or is none', async () => {
    const users = join(temporaryFolder(), 'users.json');
    const sessions = createSessions({ store: new MemoryStore(), secrets: SECRETS, users });
    await expect(sessions.open()).rejects.toThrow(
      `there is no user directory at ${users}, so nobody can log in: check 'users', or add a user with 'moin-sessions users add NAME'`,
    );
    writeFileSync(users, '{', { mode: 0o600 });
    await expect(sessions.open()).rejects.toThrow(StoreError);
    writeFileSync(users, '{"version":1,"users":[]}');
    chmodSync(users, 0o600);
    await sessions.open();
  });

  it("asks a user directory of the application's own", async () => {
    const users = Object.assign(new TestUsers(), {
      open: async () => {
        throw new Error('the directory is out of reach');
      },
    });
    const sessions = createSessions({ store: new MemoryStore(), secrets: SECRETS, users });
    await expect(sessions.open()).rejects.toThrow('the directory is out of reach');
  });

  it('says that a store without a secret needs the option', async () => {
    await expect(createSessions({ store: 'memory:' }).open()).rejects.toThrow("set the option 'secrets'");
  });
});

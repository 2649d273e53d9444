import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, StoreError } from '../../src/base/errors.js';
import { FileStore } from '../../src/store/file/store.js';
import { MemoryStore } from '../../src/store/memory.js';
import { openStore } from '../../src/store/open.js';
import { putFile, temporaryFolder } from '../aid/folder.js';
import { aRecord, idOf } from '../aid/records.js';

const A = idOf('a');

describe('openStore (spec 6)', () => {
  it.each([
    ['file:/srv/s', '/srv/s'],
    ['FILE:/srv/s/', '/srv/s'],
    ['file:s', '/base/s'],
    ['file:../s', '/s'],
    ['s/t', '/base/s/t'],
    ['/srv/s', '/srv/s'],
    ['/srv/a:b', '/srv/a:b'],
    ['./a:b', '/base/a:b'],
    ['x/redis:y', '/base/x/redis:y'],
    ['C:\\sessions', '/base/C:\\sessions'],
    ['file:C:\\sessions', '/base/C:\\sessions'],
    ['file:///srv/with%20space', '/srv/with space'],
    ['file:/srv/100%25', '/srv/100%25'],
    ['file:with space', '/base/with space'],
  ])('%s is the folder %s', async (where, folder) => {
    const store = await openStore(where, { resolveFrom: '/base' });
    expect(store).toBeInstanceOf(FileStore);
    expect(store.location).toBe(`file:${folder}`);
    expect((await openStore(store.location)).location).toBe(store.location);
  });

  it('takes URL objects', async () => {
    const store = await openStore(pathToFileURL('/srv/with space'));
    expect(store.location).toBe('file:/srv/with space');
    expect(new FileStore(pathToFileURL('/srv/s')).location).toBe('file:/srv/s');
    expect(await openStore(new URL('memory:'))).toBeInstanceOf(MemoryStore);
  });

  it('starts from the working directory by default', async () => {
    expect((await openStore('s')).location).toBe(`file:${join(process.cwd(), 's')}`);
  });

  it.each([
    ['redis://localhost:S3cret', /a host .* is none/],
    ['redis+mesh://:S3cret@localhost', /'redis\+mesh:' names no kind/],
    ['moin:', /no path: name its folder 'data'/],
    ['postgres://localhost', /there are file:, memory:, redis:, .*, or a path/],
    ['constructor:x', /names no kind of store/],
    ['sessions:today', /'sessions:'.*begin it with \.\//],
    ['mysql://me:S3cret@localhost', /'mysql:' names no kind/],
    [' redis://:S3cret@localhost', /begins with a space/],
    ['', /name a folder/],
    ['  ', /name a folder/],
    ['file:', /name a folder/],
    ['file://host/x', /no path on this machine/],
    ['memory:name', /write 'memory:'/],
  ])('%j is a ConfigurationError of one line that says what to do', async (where, remedy) => {
    const error = await openStore(where).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toMatch(remedy);
    expect((error as Error).message).not.toMatch(/\n|S3cret/);
  });

  it('insists on the folder when it must exist', async () => {
    const folder = temporaryFolder();
    expect((await openStore(folder, { mustExist: true })).location).toBe(`file:${folder}`);
    putFile(join(folder, 'file'), '');
    for (const missing of ['missing', 'file', 'file/below']) {
      const error = await openStore(join(folder, missing), { mustExist: true }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(StoreError);
      expect(String(error)).toMatch(/store.* at .*: (check --store or the configuration|a part of the path)/);
    }
  });

  it.each([
    ['other things', ['passwd', 'hosts'], false],
    ['a record by a name that is none', ['ab/README'], false],
    ['folders of users, as /home/users', ['users/alice/mail'], false],
    ['a lock file that says something', ['lock'], false],
    ['what stands in an empty folder', ['.gitkeep', 'lost+found/x', '..data/secret', 'users.json'], true],
    ['a secret alone', ['secret'], true],
    ['a record among other things', [`${A.slice(0, 2)}/${A}.json`, 'README'], true],
    ['a list of sessions', ['users/abc'], true],
  ])('spec 6: a folder that holds %s', async (_, names, isStore) => {
    const folder = temporaryFolder();
    for (const name of names) putFile(join(folder, name), 'x');
    for (const mustExist of [true, false]) {
      const opened = openStore(folder, { mustExist });
      if (isStore) expect((await opened).location).toBe(`file:${folder}`);
      else await expect(opened).rejects.toThrow(/holds other things and no store: check --store/);
    }
    expect(readdirSync(folder).sort()).toEqual([...new Set(names.map((name) => name.split('/')[0]))].sort());
  });

  it('spec 6: what a store made is a store, whatever was there before or is missing since', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await store.create(aRecord('a'));
    await store.close();
    putFile(join(folder, 'README'), '');
    for (const name of readdirSync(folder)) {
      expect((await openStore(folder, { mustExist: true })).location).toBe(`file:${folder}`);
      if (name !== 'README' && name !== A.slice(0, 2)) rmSync(join(folder, name), { recursive: true });
    }
    expect((await openStore(folder, { mustExist: true })).location).toBe(`file:${folder}`);
  });

  it('spec 7: opened for reading only, a store makes no folder and says so of what would', async () => {
    const root = join(temporaryFolder(), 'sessions');
    const store = await openStore(root, { readOnly: true });
    expect(await store.find(A)).toBeNull();
    await expect(store.create(aRecord('a'))).rejects.toThrow(/opened for reading only: open it without/);
    await expect(store.update(A, () => null)).rejects.toThrow(StoreError);
    await expect(store.delete(A)).rejects.toThrow(StoreError);
    await expect(store.sweep(0)).rejects.toThrow(StoreError);
    expect(existsSync(root)).toBe(false);
  });
});

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, StoreError } from '../../src/errors.js';
import { FileStore } from '../../src/store/file.js';
import { MemoryStore } from '../../src/store/memory.js';
import { openStore } from '../../src/store/open.js';
import { putFile, temporaryFolder } from './folder.js';

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
    ['redis://localhost', /no redis: store yet/],
    ['rediss://localhost', /no rediss: store yet/],
    ['moin:/srv/wiki', /no moin: store yet/],
    ['postgres://localhost', /file:, memory:, redis:, rediss:, moin:, or a path/],
    ['constructor:x', /names no kind of store/],
    ['sessions:today', /'sessions:'.*begin it with \.\//],
    ['mysql://me:S3cret@localhost', /'mysql:' names no kind/],
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
    putFile(join(folder, 'file'), '');
    expect((await openStore(folder, { mustExist: true })).location).toBe(`file:${folder}`);
    for (const missing of ['missing', 'file', 'file/below']) {
      const error = await openStore(join(folder, missing), { mustExist: true }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(StoreError);
      expect(String(error)).toMatch(/store.* at .*: (check --store or the configuration|a part of the path)/);
    }
  });
});

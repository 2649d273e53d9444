import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createSessions, FileStore, MemoryStore, StoreError } from '../src/index.js';
import { putFile, temporaryFolder } from './aid/folder.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A store whose secret cannot be read: its file is empty. */
function folderWithoutSecret(): string {
  const folder = temporaryFolder();
  putFile(join(folder, 'secret'), '');
  return folder;
}

test('a store that gives no secret is closed again at each request that tries it, and leaks nothing', async () => {
  const close = vi.spyOn(FileStore.prototype, 'close');
  const sessions = createSessions({ store: folderWithoutSecret() });
  for (const times of [1, 2, 3]) {
    await expect(sessions.begin({})).rejects.toThrow(StoreError);
    expect(close).toHaveBeenCalledTimes(times);
  }
});

test.each([undefined, null, 'GET /', 5])(
  'begin(%o) is a TypeError that says what a request is',
  async (request) => {
    const begun = createSessions({ store: new MemoryStore(), secrets: 's'.repeat(32) }).begin(
      request as never,
    );
    await expect(begun).rejects.toThrow(TypeError);
    await expect(begun).rejects.toThrow('sessions.begin takes a request: { method, url, headers');
  },
);

test.each<[string, () => number, string]>([
  [
    'throws',
    () => {
      throw new Error('no time');
    },
    'no time',
  ],
  [
    'gives no number',
    () => Number.NaN,
    'option clock must be a function that gives the time in ms as a number',
  ],
])(
  'begin rejects, and never throws, when the clock %s while the site is open',
  async (_, broken, message) => {
    let clock = Date.now;
    const sessions = createSessions({ store: temporaryFolder(), clock: () => clock() });
    onTestFinished(() => sessions.close());
    await sessions.open();
    clock = broken;
    await expect(sessions.begin({ headers: {} })).rejects.toThrow(message);
  },
);

test("a store of the application's own stays open, whatever becomes of its secret", async () => {
  const close = vi.spyOn(FileStore.prototype, 'close');
  const store = new FileStore(folderWithoutSecret());
  await expect(createSessions({ store }).begin({})).rejects.toThrow(StoreError);
  expect(close).not.toHaveBeenCalled();
  await store.close();
});

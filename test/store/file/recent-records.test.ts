import { chmodSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UnreadableRecordError } from '../../../src/base/errors.js';
import { RecentRecords } from '../../../src/store/file/recent-records.js';
import { mtimeOf } from '../../../src/store/file/record-time.js';
import { FileStore } from '../../../src/store/file/store.js';
import { IMMEDIATE } from '../../../src/store/immediate.js';
import { temporaryStore } from '../../aid/file-store.js';
import { putFile } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { giveAway, notRoot } from '../../aid/ownership.js';
import { aRecord, idOf, increment } from '../../aid/records.js';

const ID = idOf('a');

/** Moves the clock on: what was written before was not written a moment ago. */
function settle(): void {
  vi.setSystemTime(Date.now() + 60_000);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  onTestFinished(() => void vi.useRealTimers());
});

async function storeWithSession() {
  const { store, layout } = temporaryStore();
  await store.create(aRecord('a', { data: { n: 1 } }));
  settle();
  const find = () => store[IMMEDIATE].find(ID);
  return { store, layout, path: layout.record(ID), find, before: find() };
}

describe('a record that was read a moment ago', () => {
  it('is shared, and frozen, while its file stays as it is; find() gives copies', async () => {
    const { store, find, before } = await storeWithSession();
    expect(find()).toBe(before);
    expect(Object.isFrozen(before?.data)).toBe(true);
    const copy = await store.find(ID);
    expect(copy).toEqual(before);
    Object.assign(copy?.data ?? {}, { n: 7 });
    expect(find()).toBe(before);
    expect(await store.find(ID)).toEqual(before);
  });

  it('was parsed once, for the caller of find(): what others share is parsed when somebody asks for it', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('a', { data: { n: 1 } }));
    settle();
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    const own = await store.find(ID);
    expect(parse).toHaveBeenCalledTimes(1);
    Object.assign(own?.data ?? {}, { n: 7 });
    const { find } = store[IMMEDIATE];
    const shared = find(ID);
    expect(shared).toEqual(aRecord('a', { data: { n: 1 } }));
    expect(Object.isFrozen(shared?.data)).toBe(true);
    expect(find(ID)).toBe(shared);
    expect(parse).toHaveBeenCalledTimes(2);
  });

  it('is not, when somebody else wrote its file a moment ago: a second write may show no other time', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a'));
    utimesSync(layout.record(ID), new Date(), new Date());
    const { find } = store[IMMEDIATE];
    expect(find(ID)).not.toBe(find(ID));
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(find(ID)).not.toBe(find(ID));
  });

  it('is the one that was just saved in the same turn, and read no more', async () => {
    const { store, find } = await storeWithSession();
    const saved = store[IMMEDIATE].update(ID, increment);
    expect(saved).toMatchObject({ revision: 2, data: { n: 2 } });
    expect(find()).toBe(saved);
    let current: unknown;
    store[IMMEDIATE].update(ID, (record) => {
      current = record;
      return null;
    });
    expect(current).toBe(saved);
    expect(find()).toBe(saved);
  });

  it('update() gives and takes copies, whatever is shared', async () => {
    const { store, find } = await storeWithSession();
    const before = find();
    const saved = await store.update(ID, (current) => {
      Object.assign(current.data, { mine: true });
      return { ...current, data: { ...current.data } };
    });
    expect(before).not.toHaveProperty('data.mine');
    Object.assign(saved?.data ?? {}, { later: true });
    expect(find()).toMatchObject({ data: { n: 1, mine: true } });
    expect(find()).not.toHaveProperty('data.later');
    const gone = await store.delete(ID);
    Object.assign(gone.record?.data ?? {}, { after: true });
    expect(gone.record).toHaveProperty('data.after');
  });

  it('I1: is another one after each save of another process, in the same millisecond and of the same length', async () => {
    const { store, layout, find } = await storeWithSession();
    const other = new FileStore(layout.root);
    onTestFinished(() => other.close());
    vi.setSystemTime(Date.now());
    for (let n = 1; n < 100; n++) {
      const [writer, reader] = n % 2 === 0 ? [store, other] : [other, store];
      const key = n % 3;
      // Another key each time, so that each save removes one: the file is replaced, and its inode number comes back.
      writer[IMMEDIATE].update(ID, (current) => ({ ...current, data: { [`k${key}`]: 1 } }));
      expect(reader[IMMEDIATE].find(ID)).toMatchObject({ revision: n + 1, data: { [`k${key}`]: 1 } });
    }
    expect(find()).toMatchObject({ revision: 100 });
  });

  it.each<[string, (path: string) => void, unknown]>([
    [
      'edited in place, to the same size and time',
      (path) => {
        const { mtime } = statSync(path);
        writeFileSync(path, JSON.stringify(aRecord('a', { data: { n: 2 } })));
        writeFileSync(path, '\n', { flag: 'a' });
        utimesSync(path, mtime, mtime);
      },
      { data: { n: 2 } },
    ],
    [
      'replaced by a backup of the same size and time',
      (path) => {
        const { mtime } = statSync(path);
        writeFileSync(`${path}.backup`, `${JSON.stringify(aRecord('a', { data: { n: 3 } }))}\n`);
        utimesSync(`${path}.backup`, mtime, mtime);
        renameSync(`${path}.backup`, path);
      },
      { data: { n: 3 } },
    ],
    ['removed', (path) => rmSync(path), null],
    ['removed with its folder', (path) => rmSync(dirname(path), { recursive: true }), null],
    ['given a tombstone', (path) => putFile(path.replace('.json', '.gone'), ''), null],
  ])('is read again when its file was %s', async (_, change, expected) => {
    const { find, path, store } = await storeWithSession();
    change(path);
    settle();
    const found = find();
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected as object);
    expect(await store.find(ID)).toEqual(found);
  });

  it('is read again after a save, an end and a new beginning, here or in another process', async () => {
    const { store, layout, find } = await storeWithSession();
    const other = new FileStore(layout.root);
    onTestFinished(() => other.close());
    for (const [n, writer] of [store, other, store].entries()) {
      await writer.update(ID, increment);
      expect(find()).toMatchObject({ revision: n + 2 });
      settle();
      expect(find()).toMatchObject({ revision: n + 2 });
    }
    await other.delete(ID, { tombstone: { reason: 'logout', at: 1, until: 2 } });
    expect(find()).toBeNull();
    await other.create(aRecord('a'));
    expect(find()).toEqual(aRecord('a'));
  });

  it('I4: is unreadable as soon as its file is', async () => {
    const { find, path } = await storeWithSession();
    writeFileSync(path, 'x'.repeat(statSync(path).size));
    settle();
    expect(find).toThrow(UnreadableRecordError);
  });

  it('is not trusted any more when its file got another owner', async (context) => {
    need(context, notRoot);
    const { find, path } = await storeWithSession();
    giveAway(path);
    settle();
    expect(find).toThrow(/belongs to the user 65533, not to/);
  });

  it('is read again where others can change the folders', async () => {
    const { layout } = await storeWithSession();
    chmodSync(layout.root, 0o770);
    const store = new FileStore(layout.root);
    onTestFinished(() => store.close());
    const { find } = store[IMMEDIATE];
    if (process.platform === 'linux') expect(find(ID)).not.toBe(find(ID));
    expect(find(ID)).toEqual(find(ID));
  });

  it.each(['dev', 'ino', 'size', 'ctimeMs', 'mtimeMs'] as const)(
    'is forgotten when %s is another one',
    (name) => {
      const recents = new RecentRecords();
      const stamp = { dev: 1, ino: 2, size: 3, ctimeMs: 4, mtimeMs: 5 };
      const stored = { record: aRecord('a'), text: '', mayGrow: true };
      recents.put(ID, stamp, stored, true);
      expect(recents.get(ID, { ...stamp })).toBe(stored);
      expect(recents.get(ID, { ...stamp, [name]: 9 })).toBeNull();
      expect(recents.get(ID, stamp)).toBeNull();
    },
  );

  it('I4: is read again when its file was edited after a save, to the same size and time', async () => {
    const { store, path, find } = await storeWithSession();
    // As if the save were longer ago than the edit, which no stat between the two would have to tell.
    vi.setSystemTime(vi.getRealSystemTime() - 10_000);
    store[IMMEDIATE].update(ID, increment);
    const { mtimeMs } = statSync(path);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"n":2', '"n":7'));
    utimesSync(path, mtimeMs / 1000, mtimeMs / 1000);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    expect(find()).toMatchObject({ revision: 2, data: { n: 7 } });
  });

  it.each(['dev', 'ino', 'size', 'ctimeMs', 'mtimeMs'] as const)(
    'that was saved is forgotten when %s is not what the save has left',
    (name) => {
      const recents = new RecentRecords();
      const record = aRecord('a');
      const stamp = { dev: 1, ino: 2, size: 3, ctimeMs: 4, mtimeMs: mtimeOf(record) };
      const stored = { record, text: '', mayGrow: true };
      recents.put(ID, { dev: 1, ino: 2, size: 3, latest: 5 }, stored, true);
      expect(recents.get(ID, stamp)).toBe(stored);
      // From the first look on, the file has to stay exactly as it was.
      expect(recents.get(ID, { ...stamp, ctimeMs: 5 })).toBeNull();
      recents.put(ID, { dev: 1, ino: 2, size: 3, latest: 5 }, stored, true);
      expect(recents.get(ID, { ...stamp, [name]: stamp[name] + 2 })).toBeNull();
    },
  );

  it('stays while it is used, is forgotten for 2000 others, and is never kept when it is long', async () => {
    const { store, find, before } = await storeWithSession();
    await store.create(aRecord('long', { data: { text: 'x'.repeat(9000) } }));
    const others = Array.from({ length: 2000 }, (_, n) => idOf(n));
    for (const [n] of others.entries()) await store.create(aRecord(n));
    settle();
    const read = (id: string) => store[IMMEDIATE].find(id);
    expect(read(idOf('long'))).not.toBe(read(idOf('long')));
    for (const [n, id] of others.entries()) {
      read(id);
      if (n % 900 === 0) expect(find()).toBe(before);
    }
    expect(find()).toBe(before);
    for (const id of others) read(id);
    expect(find()).not.toBe(before);
    expect(find()).toEqual(before);
  });
});

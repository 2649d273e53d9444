import { chmodSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UnreadableRecordError } from '../../../src/base/errors.js';
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

  it('is not, when its file was written a moment ago: a second write may show no other time', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('a'));
    const { find } = store[IMMEDIATE];
    expect(find(ID)).not.toBe(find(ID));
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(find(ID)).not.toBe(find(ID));
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
    expect(find).toThrow(/belongs to somebody else/);
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

  it('is forgotten for younger ones, and never kept when it is long', async () => {
    const { store, find, before } = await storeWithSession();
    await store.create(aRecord('long', { data: { text: 'x'.repeat(9000) } }));
    const others = Array.from({ length: 2000 }, (_, n) => idOf(n));
    for (const [n] of others.entries()) await store.create(aRecord(n));
    settle();
    const read = (id: string) => store[IMMEDIATE].find(id);
    expect(read(idOf('long'))).not.toBe(read(idOf('long')));
    for (const id of others.slice(1)) read(id);
    expect(find()).toBe(before);
    read(idOf(0));
    expect(find()).not.toBe(before);
    expect(find()).toEqual(before);
  });
});

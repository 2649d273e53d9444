import fs, {
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tryLock, unlock } from 'fs-native-extensions';
import { beforeEach, describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { openFile } from '../../../src/disk/spare-files.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { lockSlot } from '../../../src/store/file/layout.js';
import { OpenRecords } from '../../../src/store/file/open-records.js';
import { FileStore } from '../../../src/store/file/store.js';
import { IMMEDIATE } from '../../../src/store/immediate.js';
import { temporaryStore } from '../../aid/file-store.js';
import { temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { giveAway, notRoot, STRANGER } from '../../aid/ownership.js';
import { aRecord, idOf, increment } from '../../aid/records.js';

const ID = idOf('a');
const TOMBSTONE = { reason: 'logout', at: 1, until: 9e12 } as const;
const notLinux = process.platform === 'linux' ? null : 'only Linux shows which files are open';

/** The open files below a folder, also those that have lost their names. */
function openFiles(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`${folder}/`) && !path.endsWith('/lock') ? [path] : [];
    } catch {
      return [];
    }
  });
}

function linesIn(path: string): number {
  return readFileSync(path, 'utf8').split('\n').length - 1;
}

/** Saves until the file is longer than one that is not open may be, and returns what was saved last. */
function growAbove8kB<T>(path: string, save: () => T): T {
  for (let n = 0; n < 100; n++) {
    const saved = save();
    if (statSync(path).size > 8192) return saved;
  }
  throw new Error('it does not grow above 8 kB');
}

/** A store with a session that was saved in the same turn a moment ago: its file is open. */
async function storeWithOpenFile(context: TestContext) {
  need(context, notLinux);
  const { store, layout } = temporaryStore();
  await store.create(aRecord('a', { data: { n: 1, m: 1 }, expires: Date.now() + HOUR }));
  const save = () => store[IMMEDIATE].update(ID, increment) as SessionRecord | null;
  expect(save()).toMatchObject({ revision: 2 });
  const path = layout.record(ID);
  expect(openFiles(layout.root)).toEqual([path]);
  const other = new FileStore(layout.root);
  onTestFinished(() => other.close());
  return { store, layout, path, save, other };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});

describe('the file of a session that was saved a moment ago', () => {
  it('stays open, and the next save adds its line to it', async (context) => {
    const { path, save, layout } = await storeWithOpenFile(context);
    const { ino } = statSync(path);
    expect(save()).toMatchObject({ revision: 3 });
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(3);
    expect(statSync(path).ino).toBe(ino);
    expect(openFiles(layout.root)).toEqual([path]);
  });

  it('may grow to 60 kB while it is saved all the time', async (context) => {
    const { path, save } = await storeWithOpenFile(context);
    const sizes = Array.from({ length: 400 }, () => {
      save();
      return statSync(path).size;
    });
    expect(Math.max(...sizes)).toBeGreaterThan(59 * 1024);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(60 * 1024);
  });

  it('is replaced by its last line a second or two after the last save, if it has grown above 8 kB', async (context) => {
    const { path, save, store, other } = await storeWithOpenFile(context);
    vi.advanceTimersByTime(2000);
    expect(linesIn(path)).toBe(2);
    const saved = growAbove8kB(path, save);
    const { mtimeMs } = statSync(path);
    vi.advanceTimersByTime(2000);
    expect(linesIn(path)).toBe(1);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    expect(await other.find(ID)).toEqual(saved);
    expect(await store.update(ID, increment)).toMatchObject({ revision: (saved?.revision ?? 0) + 1 });
  });

  it.each([
    [1, 2],
    [3, 4],
    [4, 1],
  ])('of a long record, after %i saves in a row, has %i lines then', async (saves, lines) => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { data: { n: 1, text: 'x'.repeat(5000) } }));
    for (let n = 0; n < saves; n++) store[IMMEDIATE].update(ID, increment);
    vi.advanceTimersByTime(2000);
    expect(linesIn(layout.record(ID))).toBe(lines);
    expect(await store.find(ID)).toMatchObject({ data: { n: saves + 1 } });
  });

  it('is replaced by its last line also when 64 others have taken its place', async (context) => {
    const { store, path, save, layout } = await storeWithOpenFile(context);
    const saved = growAbove8kB(path, save);
    const others = Array.from({ length: 64 }, (_, n) => `other ${n}`);
    for (const name of others) await store.create(aRecord(name, { expires: Date.now() + HOUR }));
    for (const name of others) store[IMMEDIATE].update(idOf(name), increment);
    expect(openFiles(layout.root)).not.toContain(path);
    vi.advanceTimersByTime(1000);
    expect(linesIn(path)).toBe(1);
    expect(await store.find(ID)).toEqual(saved);
  });

  it('is replaced by its last line also when the process needed its descriptor', async (context) => {
    const { path, save, layout } = await storeWithOpenFile(context);
    growAbove8kB(path, save);
    const open = vi.spyOn(fs, 'openSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
    });
    syncBuiltinESMExports();
    onTestFinished(() => {
      open.mockRestore();
      syncBuiltinESMExports();
    });
    closeSync(openFile(path, 'r'));
    expect(openFiles(layout.root)).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(linesIn(path)).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('I1: stays as long as it is while another process has the lock, until the next save', async (context) => {
    const { path, save, layout } = await storeWithOpenFile(context);
    const saved = growAbove8kB(path, save);
    const { size } = statSync(path);
    const lock = openSync(layout.lock, 'a+');
    onTestFinished(() => closeSync(lock));
    tryLock(lock, lockSlot(ID), 1);
    vi.advanceTimersByTime(2000);
    expect(statSync(path).size).toBe(size);
    unlock(lock, lockSlot(ID), 1);
    expect(save()).toMatchObject({ revision: (saved?.revision ?? 0) + 1 });
    expect(linesIn(path)).toBe(1);
  });

  it.for<[string, (path: string) => void]>([
    ['removed', (path) => rmSync(path)],
    ['turned into what is no record', (path) => writeFileSync(path, 'torn\n'.repeat(2000))],
  ])('I4: that was %s meanwhile is left as it is', async ([, change], context) => {
    const { path, save, layout } = await storeWithOpenFile(context);
    growAbove8kB(path, save);
    change(path);
    const before = existsSync(path) && readFileSync(path, 'utf8');
    vi.advanceTimersByTime(2000);
    expect(existsSync(path) && readFileSync(path, 'utf8')).toBe(before);
    expect(openFiles(layout.root)).toEqual([]);
  });

  it('is closed a second or two after the last save, and with the store', async (context) => {
    const { path, save, layout, store } = await storeWithOpenFile(context);
    vi.advanceTimersByTime(1000);
    expect(openFiles(layout.root)).toEqual([path]);
    vi.advanceTimersByTime(1000);
    expect(openFiles(layout.root)).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    save();
    expect(openFiles(layout.root)).toEqual([path]);
    await store.close();
    expect(openFiles(layout.root)).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('I2: gets no line when another process has ended the session: the tombstone stays as it is', async (context) => {
    const { save, layout, other } = await storeWithOpenFile(context);
    await other.delete(ID, { tombstone: TOMBSTONE });
    const text = readFileSync(layout.tombstone(ID), 'utf8');
    expect(save()).toBeNull();
    expect(readFileSync(layout.tombstone(ID), 'utf8')).toBe(text);
    vi.advanceTimersByTime(2000);
    expect(openFiles(layout.root)).toEqual([]);
  });

  it('I2: gets no line beside a tombstone that a killed writer has left', async (context) => {
    const { save, path, other } = await storeWithOpenFile(context);
    linkSync(path, `${path}.copy`);
    await other.delete(ID, { tombstone: TOMBSTONE });
    linkSync(`${path}.copy`, path);
    rmSync(`${path}.copy`);
    const text = readFileSync(path, 'utf8');
    expect(save()).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('I1: is not the one to write to when another process has replaced it', async (context) => {
    const { save, path, other, store } = await storeWithOpenFile(context);
    await other.update(ID, (now) => ({ ...now, data: { n: 7 } }));
    expect(store[IMMEDIATE].find(ID)).toMatchObject({ revision: 3 });
    expect(save()).toMatchObject({ revision: 4, data: { n: 8 } });
    expect(JSON.parse(readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      revision: 4,
    });
    expect(save()).toMatchObject({ revision: 5, data: { n: 9 } });
  });

  it('I1: is read again when another process has added a line to it', async (context) => {
    const { save, other } = await storeWithOpenFile(context);
    await other.update(ID, increment);
    expect(save()).toMatchObject({ revision: 4, data: { n: 4 } });
    expect(await other.find(ID)).toMatchObject({ revision: 4 });
  });

  it('is not written to when a backup has given it a second name', async (context) => {
    const { save, path, store } = await storeWithOpenFile(context);
    const backup = join(temporaryFolder(), 'backup');
    linkSync(path, backup);
    store[IMMEDIATE].find(ID);
    const text = readFileSync(backup, 'utf8');
    expect(save()).toMatchObject({ revision: 3 });
    expect(readFileSync(backup, 'utf8')).toBe(text);
  });

  it.for<[string, (path: string) => void]>([
    ['removed', (path) => rmSync(path)],
    ['removed with its folder', (path) => rmSync(dirname(path), { recursive: true })],
  ])('is closed at a save after it was %s', async ([, remove], context) => {
    const { save, path, layout } = await storeWithOpenFile(context);
    remove(path);
    expect(save()).toBeNull();
    expect(openFiles(layout.root)).toEqual([]);
  });

  it('is one of 64 at most: those that were saved last', async (context) => {
    const { store, layout, path } = await storeWithOpenFile(context);
    const names = Array.from({ length: 100 }, (_, n) => `other ${n}`);
    for (const name of names) {
      await store.create(aRecord(name, { expires: Date.now() + HOUR }));
      store[IMMEDIATE].update(idOf(name), increment);
    }
    expect(openFiles(layout.root)).toHaveLength(64);
    expect(openFiles(layout.root)).not.toContain(path);
  });

  it('does not stay open for root in the store of somebody else, who can move folders away', async (context) => {
    need(context, notRoot);
    const { save, layout } = await storeWithOpenFile(context);
    giveAway(layout.root);
    chownSync(layout.root, STRANGER, STRANGER);
    const store = new FileStore(layout.root);
    onTestFinished(() => store.close());
    await store.update(ID, increment);
    const before = openFiles(layout.root).length;
    expect(store[IMMEDIATE].update(ID, increment)).toMatchObject({ revision: 4 });
    expect(openFiles(layout.root)).toHaveLength(before);
    expect(save()).toMatchObject({ revision: 5 });
  });
});

it('files that have grown are passed on in slices, so that a server answers in between, and none after the end', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => void vi.restoreAllMocks());
  const passed: string[] = [];
  const files = new OpenRecords((id) => {
    passed.push(id);
    now += 1;
  });
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    const fd = openSync('/dev/null', 'r');
    files.put(id, fd, { ...fstatSync(fd), size: 9000 });
  }
  vi.advanceTimersByTime(2000);
  expect(passed).toEqual(['a', 'b']);
  await nextTurn();
  expect(passed).toEqual(['a', 'b', 'c', 'd']);
  files.close();
  await nextTurn();
  expect(passed).toEqual(['a', 'b', 'c', 'd']);
});

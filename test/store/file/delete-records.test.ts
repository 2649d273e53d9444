import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statSync, utimesSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tryLock, unlock } from 'fs-native-extensions';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { type BulkDeletion, bulkDeletion } from '../../../src/store/bulk.js';
import type { DeleteOptions, SessionRecord } from '../../../src/store/contract.js';
import { deleteRecords } from '../../../src/store/file/delete-records.js';
import { lockSlot } from '../../../src/store/file/layout.js';
import { fileParts } from '../../../src/store/file/parts.js';
import { FileStore } from '../../../src/store/file/store.js';
import { temporaryStore } from '../../aid/file-store.js';
import { putFile } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { idsIn, NOW, sample } from '../../aid/records.js';

const HOUR = 3_600_000;
/** Neighbours in one folder, and one in another. */
const DIGITS = ['ab00', 'ab01', 'ab02', 'ab03', 'cd00'];
const IDS = DIGITS.map((begin) => sample(begin).id);
const [A, B, C, D, OTHER] = IDS as [string, string, string, string, string];

const isOver = ({ expires }: SessionRecord) => expires <= NOW;
const refresh = (record: SessionRecord) => ({ ...record, seen: NOW, expires: NOW + HOUR });

/** A store whose sessions have all expired. */
async function expiredStore() {
  const made = temporaryStore();
  for (const begin of DIGITS) await made.store.create(sample(begin, { cookieExpires: NOW - 2 * HOUR }));
  return { ...made, bulk: bulkDeletion(made.store) as BulkDeletion, left: () => idsIn(made.store.scan()) };
}

/** The lock file, opened as another process has it. */
function lockOf(path: string): number {
  const lock = openSync(path, 'a+');
  onTestFinished(() => closeSync(lock));
  return lock;
}

function onPlatform(platform: NodeJS.Platform): void {
  const own = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
  Object.defineProperty(process, 'platform', { ...own, value: platform });
  onTestFinished(() => void Object.defineProperty(process, 'platform', own));
}

const canFreeze = () => {
  const { store: _, layout } = temporaryStore();
  try {
    putFile(layout.record(A), '');
    for (const flag of ['+i', '-i']) execFileSync('chattr', [flag, layout.record(A)], { stdio: 'ignore' });
    return null;
  } catch {
    return 'only root can make a file immutable, and not on every file system';
  }
};

describe('a file store that removes many records at once', () => {
  it('spec 7: a purge counts and names what it removes, in several folders', async () => {
    const { store } = await expiredStore();
    await store.create(sample('ab04', { seen: NOW, cookieExpires: NOW + HOUR }));
    const done: string[] = [];
    const admin = new SessionAdmin({ store, clock: () => NOW });
    const report = await admin.purge({ state: 'expired' }, { onDone: (id) => done.push(id) });
    expect(report).toMatchObject({ matched: 5, removed: 5, kept: 0, failed: 0 });
    expect(done).toEqual(IDS);
    expect(await idsIn(store.scan())).toEqual([sample('ab04').id]);
  });

  it('I5: a session that is refreshed between the look and the removal stays, and counts as kept', async () => {
    const { store, left } = await expiredStore();
    const admin = new SessionAdmin({ store, clock: () => NOW });
    const look = store.expiryCandidates.bind(store);
    store.expiryCandidates = async function* (at) {
      for await (const id of look(at)) {
        if (id === B) await store.update(B, refresh);
        yield id;
      }
    };
    expect(await admin.purge({ state: 'expired' })).toMatchObject({ matched: 5, removed: 4, kept: 1 });
    expect(await left()).toEqual([B]);
  });

  it('I5: from its decision to its removal, no writer of this or another process comes in between', async () => {
    const { store, layout, bulk, left } = await expiredStore();
    const lock = lockOf(layout.lock);
    let saved: Promise<SessionRecord | null> | undefined;
    const settled = await bulk.delete([A, B, C], (record) => {
      saved ??= store.update(C, refresh);
      for (const id of [A, B, C]) expect(tryLock(lock, lockSlot(id), 1)).toBe(false);
      return isOver(record);
    });
    expect(settled).toMatchObject(Array(3).fill({ removed: true }));
    expect(await saved).toBeNull();
    expect(await left()).toEqual([D, OTHER]);
    expect(tryLock(lock, lockSlot(A), lockSlot(C) - lockSlot(A) + 1)).toBe(true);
  });

  it('waits for a writer of one of them, and removes the others meanwhile', async () => {
    const { store, layout, bulk, left } = await expiredStore();
    const lock = lockOf(layout.lock);
    expect(tryLock(lock, lockSlot(C), 1)).toBe(true);
    const removing = bulk.delete(IDS, isOver);
    while ((await store.find(B)) !== null) await nextTurn();
    expect(await left()).toEqual([C, D, OTHER]);
    unlock(lock, lockSlot(C), 1);
    expect(await removing).toMatchObject(Array(5).fill({ removed: true }));
    expect(await left()).toEqual([]);
  });

  it('removes all in batches but for the one session that a writer has, wherever in the range it is', async () => {
    const { store, layout } = temporaryStore();
    const ids = Array.from({ length: 40 }, (_, n) => sample(`ab${n.toString(16).padStart(2, '0')}`).id);
    for (const id of ids) await store.create(sample(id, { cookieExpires: NOW - 2 * HOUR }));
    const parts = fileParts(layout.root, 'process');
    onTestFinished(() => parts.locks.close());
    const lock = lockOf(layout.lock);
    const [taken, between] = [ids[17] as string, ids[30] as string];
    for (const slot of [lockSlot(taken), lockSlot(between) + 1]) tryLock(lock, slot, 1);
    const waited: string[] = [];
    const settled = await deleteRecords(parts, ids, isOver, async (id) => {
      waited.push(id);
      return { removed: false, record: null, bytes: 0 };
    });
    expect(waited).toEqual([taken]);
    expect(settled.map((one) => 'removed' in one && one.removed)).toEqual(ids.map((id) => id !== taken));
    expect(await idsIn(store.scan())).toEqual([taken]);
  });

  it('lets the process do other work between sessions that writers have', async () => {
    const { layout } = await expiredStore();
    const ids = Array.from({ length: 20 }, (_, n) => sample(`ab${n.toString(16).padStart(2, '0')}`).id);
    const parts = fileParts(layout.root, 'process');
    onTestFinished(() => parts.locks.close());
    tryLock(lockOf(layout.lock), 0, Number.MAX_SAFE_INTEGER);
    let [inTurn, most, isOver] = [0, 0, false];
    const countTurns = () => {
      inTurn = 0;
      if (!isOver) setImmediate(countTurns);
    };
    countTurns();
    await deleteRecords(
      parts,
      ids,
      () => true,
      async () => {
        inTurn += 1;
        most = Math.max(most, inTurn);
        for (const begun = performance.now(); performance.now() - begun < 1; );
        return { removed: true, record: null, bytes: 0 };
      },
    );
    isOver = true;
    expect(most).toBeLessThanOrEqual(3);
  });

  it('on macOS, where a lock takes the whole file, a purge removes one by one', async () => {
    const { store } = await expiredStore();
    onPlatform('darwin');
    expect(bulkDeletion(store)).toBeNull();
    const { removed } = await new SessionAdmin({ store, clock: () => NOW }).purge({ state: 'expired' });
    expect(removed).toBe(5);
  });

  it('I4: a file that cannot be removed fails alone, and the error names the session', async (context) => {
    need(context, canFreeze());
    const { layout, bulk, left } = await expiredStore();
    execFileSync('chattr', ['+i', layout.record(B)]);
    onTestFinished(() => void execFileSync('chattr', ['-i', layout.record(B)]));
    const [first, second, ...others] = await bulk.delete(IDS, isOver);
    expect(second).toMatchObject({ error: expect.any(StoreError) });
    expect(String((second as { error: unknown }).error)).toMatch(
      new RegExp(`cannot change session ${B} in .*EPERM`),
    );
    expect([first, ...others]).toMatchObject(Array(4).fill({ removed: true }));
    expect(await left()).toEqual([B]);
  });

  it('I4: an unreadable record stays; so does one that is not there', async () => {
    const { store, layout, bulk, left } = await expiredStore();
    putFile(layout.record(B), 'rubbish');
    await store.delete(C);
    const settled = await bulk.delete([A, B, C], isOver);
    expect(settled).toMatchObject([
      { removed: true, bytes: expect.any(Number) },
      { removed: false, record: null, bytes: 7 },
      { removed: false, record: null, bytes: 0 },
    ]);
    expect(await left()).toEqual([B, D, OTHER]);
  });

  it('corrects the time of a file that does not say when its session expires', async () => {
    const { store, layout, bulk } = await expiredStore();
    await store.update(B, refresh);
    utimesSync(layout.record(B), 1, 1);
    expect(await bulk.delete([A, B], isOver)).toMatchObject([{ removed: true }, { removed: false }]);
    expect(statSync(layout.record(B)).mtimeMs).toBe(NOW + HOUR);
  });

  it('an error of the condition is that of its session, and what is no session id is refused (I6)', async () => {
    const { bulk, left } = await expiredStore();
    const when = ({ id }: SessionRecord) => {
      if (id === B) throw new RangeError('not this one');
      return true;
    };
    expect(await bulk.delete([A, B, C], when)).toMatchObject([
      { removed: true },
      { error: new RangeError('not this one') },
      { removed: true },
    ]);
    await expect(bulk.delete([D, '../../etc/passwd'], isOver)).rejects.toThrow(TypeError);
    expect(await left()).toEqual([B, D, OTHER]);
  });

  it('does not pass by a `delete` of the prototype that was wrapped before, as tools that trace calls do', async () => {
    const { store } = await expiredStore();
    const wrapped = vi.spyOn(FileStore.prototype, 'delete');
    onTestFinished(() => wrapped.mockRestore());
    expect(bulkDeletion(store)).toBeNull();
    const report = await new SessionAdmin({ store, clock: () => NOW }).purge({ state: 'expired' });
    expect(report).toMatchObject({ removed: 5 });
    expect(wrapped).toHaveBeenCalledTimes(5);
    wrapped.mockRestore();
    expect(bulkDeletion(store)).not.toBeNull();
  });

  it('does not pass by a `delete` that a subclass replaces, and removes nothing when opened for reading only', async () => {
    const { store, layout, left } = await expiredStore();
    class Watched extends FileStore {
      override delete(id: string, options?: DeleteOptions) {
        return super.delete(id, options);
      }
    }
    expect(bulkDeletion(new Watched(layout.root))).toBeNull();
    const reader = new FileStore(layout.root, { readOnly: true });
    await expect(bulkDeletion(reader)?.delete(IDS, isOver)).rejects.toThrow('opened for reading only');
    expect(bulkDeletion(store)).not.toBeNull();
    expect(await left()).toHaveLength(5);
  });
});

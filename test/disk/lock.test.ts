import { closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tryLock, unlock } from 'fs-native-extensions';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import { LockFile } from '../../src/disk/lock.js';
import { deferred } from '../aid/deferred.js';
import { temporaryFolder } from '../aid/folder.js';

function lockFile(patience?: number): { path: string; locks: LockFile; other: number } {
  const path = join(temporaryFolder(), 'lock');
  const locks = new LockFile(path, () => openSync(path, 'a+'), patience === undefined ? {} : { patience });
  const other = openSync(path, 'a+');
  onTestFinished(() => {
    locks.close();
    closeSync(other);
  });
  return { path, locks, other };
}

describe('LockFile (I1)', () => {
  it('waits for another holder of the same slot, and for no other slot', async () => {
    const { locks, other } = lockFile();
    expect(tryLock(other, 7, 1)).toBe(true);
    const ran: string[] = [];
    const waiting = locks.exclusive(7, () => ran.push('waited'));
    await locks.exclusive(8, () => ran.push('other slot'));
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    expect(ran).toEqual(['other slot']);
    unlock(other, 7, 1);
    await waiting;
    expect(ran).toEqual(['other slot', 'waited']);
  });

  it('keeps others out during a section, and lets them in after it, also when it throws', async () => {
    const { locks, other } = lockFile();
    const failing = locks.exclusive(2 ** 48, () => {
      expect(tryLock(other, 2 ** 48, 1)).toBe(false);
      throw new RangeError('inside');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(tryLock(other, 2 ** 48, 1)).toBe(true);
  });

  it('never runs a section inside another one', async () => {
    const { locks } = lockFile();
    let inside = 0;
    let nested: Promise<void> | null = null;
    const section = () => {
      expect(inside).toBe(0);
      inside++;
      nested ??= locks.exclusive(1, section);
      inside--;
    };
    await locks.exclusive(1, section);
    await nested;
    expect.assertions(2);
  });

  it('gives up on a holder that does not let go, and says how to find it', async () => {
    const { locks, other, path } = lockFile(20);
    tryLock(other, 7, 1);
    const error = await locks.exclusive(7, () => expect.unreachable()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toContain(`'fuser ${path}'`);
  });

  it('takes no lock on a file that is no longer in its place', async () => {
    const { locks, path } = lockFile();
    await locks.exclusive(7, () => {});
    renameSync(path, `${path}.moved`);
    const fresh = openSync(path, 'a+');
    onTestFinished(() => closeSync(fresh));
    await locks.exclusive(7, () => expect(tryLock(fresh, 7, 1)).toBe(false));
    expect.assertions(1);
  });

  it('keeps sections of this process out of a range while the work on it waits, and lets them in after it', async () => {
    const { locks } = lockFile();
    const ran: string[] = [];
    const done = deferred();
    const working = locks.during(7, 9, () => done.promise);
    const inside = locks.exclusive(8, () => ran.push('inside'));
    expect(await locks.during(9, 12, async () => ran.push('a second range'))).toBeNull();
    expect(locks.attempt(7, () => ran.push('at once'))).toBeNull();
    for (const outside of [6, 10]) await locks.exclusive(outside, () => ran.push('outside'));
    expect(ran).toEqual(['outside', 'outside']);
    done.resolve();
    await Promise.all([working, inside]);
    expect(ran).toEqual(['outside', 'outside', 'inside']);
  });

  it('does nothing in a range of which another process has a slot, and frees the range when the work fails', async () => {
    const { locks, other } = lockFile();
    tryLock(other, 8, 1);
    expect(await locks.during(7, 9, () => expect.unreachable())).toBeNull();
    unlock(other, 8, 1);
    await expect(locks.during(7, 9, () => Promise.reject(new RangeError('inside')))).rejects.toThrow(
      'inside',
    );
    expect(tryLock(other, 8, 1)).toBe(true);
  });

  it('does nothing in a range of a file that is no longer in its place', async () => {
    const path = join(temporaryFolder(), 'lock');
    const locks = new LockFile(path, () => {
      const fd = openSync(path, 'a+');
      renameSync(path, `${path}.moved`);
      return fd;
    });
    expect(await locks.during(7, 9, () => expect.unreachable())).toBeNull();
  });
});

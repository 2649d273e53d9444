import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { WikiFolder } from '../../../src/moin/files/folder.js';
import { WikiLock } from '../../../src/moin/lock/lock.js';
import { Patience, withLocks } from '../../../src/moin/lock/locked.js';
import { temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { as, giveAway, notRoot, ownershipOf, STRANGER } from '../../aid/ownership.js';

const MINUTE = 60_000;
/** Ms. */
const SHORT_MS = 30;

let dir: string;
let lock: WikiLock;

beforeEach(() => {
  dir = temporaryFolder();
  lock = new WikiLock(new WikiFolder(dir), { create: true });
});

const inLocks = (name: string) => join(dir, '__lock__', name);

/** Makes a lock as MoinMoin does. @param age ms */
function make(name: string, age = 0): void {
  mkdirSync(inLocks(name), { recursive: true });
  const at = (Date.now() - age) / 1000;
  utimesSync(inLocks(name), at, at);
}

describe('the lock of a MoinMoin wiki', () => {
  it('is the folder __lock__/write_lock while the section runs, and gone afterwards', async () => {
    expect(await withLocks([lock], () => readdirSync(join(dir, '__lock__')))).toEqual(['write_lock']);
    expect(readdirSync(join(dir, '__lock__'))).toEqual([]);
  });

  it('is released when the section throws', async () => {
    await expect(
      withLocks([lock], () => {
        throw new RangeError('of the section');
      }),
    ).rejects.toThrow(RangeError);
    expect(readdirSync(join(dir, '__lock__'))).toEqual([]);
  });

  it.each(['write_lock', 'read_lock_a1B2c3'])(
    'waits for a fresh %s, and its error names the folder',
    async (name) => {
      make(name);
      let ran = 0;
      const run = withLocks([lock], () => ran++, new Patience(SHORT_MS));
      await expect(run).rejects.toThrow(StoreError);
      await expect(run).rejects.toThrow(`${join(dir, '__lock__')} for 0.03 seconds: try again in a minute`);
      expect(ran).toBe(0);
      expect(readdirSync(join(dir, '__lock__'))).toEqual([name]);
    },
  );

  it('runs the section as soon as the wiki releases its lock', async () => {
    make('write_lock');
    let isReleased = false;
    const run = withLocks([lock], () => isReleased);
    setImmediate(() => {
      isReleased = true;
      rmdirSync(inLocks('write_lock'));
    });
    expect(await run).toBe(true);
  });

  it('takes over a write lock that is more than a minute old, and passes by such a read lock', async () => {
    make('write_lock', MINUTE + 1000);
    make('read_lock_old', MINUTE + 1000);
    expect(await withLocks([lock], () => readdirSync(join(dir, '__lock__')), new Patience(SHORT_MS))).toEqual(
      ['read_lock_old', 'write_lock'],
    );
    expect(readdirSync(join(dir, '__lock__'))).toEqual(['read_lock_old']);
  });

  it('takes over locks from more than a minute in the future: the clock was set back since', async () => {
    make('write_lock', -MINUTE - 5000);
    make('read_lock_future', -MINUTE - 5000);
    expect(await withLocks([lock], () => 1, new Patience(SHORT_MS))).toBe(1);
    expect(readdirSync(join(dir, '__lock__'))).toEqual(['read_lock_future']);
  });

  it('waits for a lock of a machine whose clock is a little ahead', async () => {
    make('write_lock', 5000 - MINUTE);
    await expect(withLocks([lock], () => 1, new Patience(SHORT_MS))).rejects.toThrow(StoreError);
    expect(existsSync(inLocks('write_lock'))).toBe(true);
  });

  it('after one change that waited in vain, the others fail at once, until the lock is free', async () => {
    make('write_lock');
    const patience = new Patience(200);
    await expect(withLocks([lock], () => 1, patience)).rejects.toThrow('for 0.2 seconds');
    const begun = performance.now();
    for (let n = 0; n < 50; n++)
      await expect(withLocks([lock], () => 1, patience)).rejects.toThrow('for 0.2 seconds');
    // With a wait each, these are ten seconds.
    expect(performance.now() - begun).toBeLessThan(5000);
    rmdirSync(inLocks('write_lock'));
    expect(await withLocks([lock], () => 1, patience)).toBe(1);
    make('write_lock');
    setImmediate(() => rmdirSync(inLocks('write_lock')));
    expect(await withLocks([lock], () => 1, patience)).toBe(1);
  });

  it('does not take over a lock that is a little less than a minute old', async () => {
    make('write_lock', MINUTE - 5000);
    await expect(withLocks([lock], () => 1, new Patience(SHORT_MS))).rejects.toThrow(StoreError);
    expect(existsSync(inLocks('write_lock'))).toBe(true);
  });

  it('a section that lost its lock while the process was stopped learns so, and leaves the lock of the other one', async () => {
    await withLocks([lock], (isHeld) => {
      expect(isHeld()).toBe(true);
      rmdirSync(inLocks('write_lock'));
      make('write_lock', 5000);
      expect(isHeld()).toBe(false);
    });
    expect(existsSync(inLocks('write_lock'))).toBe(true);
  });

  it('a second lock that is taken leaves the first one free', async () => {
    const other = temporaryFolder();
    const first = new WikiLock(new WikiFolder(other), { create: true });
    make('write_lock');
    await expect(withLocks([first, lock], () => 1, new Patience(SHORT_MS))).rejects.toThrow(
      join(dir, '__lock__'),
    );
    expect(readdirSync(join(other, '__lock__'))).toEqual([]);
  });

  it('makes no folder of locks where the wiki has none, unless told to', async () => {
    const quiet = new WikiLock(new WikiFolder(dir), { create: false });
    expect(await withLocks([quiet], () => readdirSync(dir))).toEqual([]);
    make('write_lock');
    await expect(withLocks([quiet], () => 1, new Patience(SHORT_MS))).rejects.toThrow(StoreError);
  });

  it('gives a new folder of locks owner, group and mode of the folder that it is for', async (context) => {
    need(context, notRoot);
    chmodSync(dir, 0o770);
    giveAway(dir);
    await withLocks([lock], () => 1);
    expect(ownershipOf(join(dir, '__lock__'))).toBe(ownershipOf(dir));
    await as(STRANGER, STRANGER, async () => {
      mkdirSync(inLocks('write_lock'));
      rmdirSync(inLocks('write_lock'));
    });
    expect(readdirSync(dir)).toEqual(['__lock__']);
  });

  it('follows no link to another folder as root, and makes nothing there', async (context) => {
    need(context, notRoot);
    const elsewhere = temporaryFolder();
    symlinkSync(elsewhere, join(dir, '__lock__'));
    giveAway(dir);
    await expect(withLocks([lock], () => 1, new Patience(SHORT_MS))).rejects.toThrow(/symbolic link/);
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(statSync(elsewhere).uid).toBe(0);
  });

  it('says what to do when a file is where the folder of locks should be', async () => {
    writeFileSync(join(dir, '__lock__'), '');
    await expect(withLocks([lock], () => 1, new Patience(SHORT_MS))).rejects.toThrow(
      /a file is where the folder of the locks should be/,
    );
  });

  it('sweep removes a lock that no longer counts, and what killed processes left; nothing of the wiki', () => {
    make('write_lock');
    make('.write_lock.0123456789ab.tmp');
    make('read_lock_x', MINUTE * 2);
    expect(lock.sweep(Date.now())).toBe(0);
    expect(lock.sweep(Date.now() + MINUTE + 1000)).toBe(2);
    expect(readdirSync(join(dir, '__lock__'))).toEqual(['read_lock_x']);
  });
});

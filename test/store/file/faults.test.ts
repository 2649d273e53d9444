import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { indexOf, temporaryStore } from '../../aid/file-store.js';
import { all, aRecord, idOf, idsIn, increment, owner } from '../../aid/records.js';

/** The system call that fails, and with what; and how often it does. */
const fault = vi.hoisted(() => ({ call: '', code: '', times: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const failing = <A extends unknown[], R>(
    name: string,
    call: (...args: A) => R,
    applies = (..._: A) => true,
  ) =>
    ((...args: A) => {
      if (fault.call !== name || fault.times <= 0 || !applies(...args)) return call(...args);
      fault.times--;
      throw Object.assign(new Error(`${fault.code}: told to fail`), { code: fault.code, syscall: name });
    }) as typeof call;
  const toWrite = (_: unknown, flags?: unknown) =>
    typeof flags === 'number' ? (flags & fs.constants.O_RDWR) !== 0 : flags !== 'r';
  const half = (fd: number, bytes: Uint8Array, from: number) =>
    fs.writeSync(fd, bytes, from, Math.ceil((bytes.length - from) / 2));
  return {
    ...fs,
    openSync: failing('openSync', fs.openSync, toWrite as never),
    writeSync: failing('writeSync', half, (...args) => half(...args) > 0),
    futimesSync: failing('futimesSync', fs.futimesSync),
    fsyncSync: failing('fsyncSync', fs.fsyncSync),
    renameSync: failing('renameSync', fs.renameSync),
    mkdirSync: failing('mkdirSync', fs.mkdirSync as never),
    unlinkSync: failing('unlinkSync', fs.unlinkSync),
  };
});

function failAt(call: string, code: string, times = Number.POSITIVE_INFINITY): void {
  Object.assign(fault, { call, code, times });
}

afterEach(() => failAt('', ''));

const temporaries = (root: string) =>
  readdirSync(root, { recursive: true }).filter((name) => String(name).endsWith('.tmp'));

const FAULTS = [
  ['openSync', 'ENOSPC', /the disk is full: make room/],
  ['openSync', 'EROFS', /read-only: remount/],
  ['openSync', 'EMFILE', /too many open files: raise/],
  ['writeSync', 'ENOSPC', /the disk is full: make room/],
  ['writeSync', 'EDQUOT', /quota is used up: make room/],
  ['writeSync', 'EIO', /system log/],
  ['futimesSync', 'EPERM', /not permitted: run as/],
  ['fsyncSync', 'EIO', /system log/],
  ['renameSync', 'EACCES', /permission denied: run as/],
] as const;

const UPDATE_FAULTS = FAULTS.map(([call, code, remedy]) => ({ call, code, remedy }));

describe('a fault of the system (I3)', () => {
  /** Updates of a record with `n`: one adds a line to its file, one replaces the file. */
  const grow = (now: SessionRecord) => ({ ...now, data: { ...now.data, more: true } });
  const shrink = (now: SessionRecord) => ({ ...now, data: {} });
  const untouched = ({ call }: { call: string }) => call !== 'futimesSync' && call !== 'fsyncSync';

  it.each([
    ...UPDATE_FAULTS.filter(({ call }) => call !== 'renameSync').map((fault) => ({
      ...fault,
      how: 'by a new line',
      change: grow,
      mayBeDone: !untouched(fault),
    })),
    ...UPDATE_FAULTS.map((fault) => ({
      ...fault,
      how: 'by a new file',
      change: shrink,
      mayBeDone: false,
    })),
  ])(
    '$call with $code in an update $how: the record is whole, and stays unless it was there before the fault',
    async ({ call, code, remedy, change, mayBeDone }) => {
      const { store, layout } = temporaryStore({ durability: 'fsync' });
      const record = aRecord('a', { user: owner('u'), data: { n: 0 } });
      await store.create(record);
      failAt(call, code);
      const error = await store.update(idOf('a'), change).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreError);
      expect((error as Error).message).toMatch(remedy);
      expect((error as Error).message).not.toContain('\n');
      const expected = mayBeDone ? { ...change(record), revision: 2 } : record;
      expect(await store.find(idOf('a'))).toEqual(expected);
      expect(temporaries(layout.root)).toEqual([]);
      failAt('', '');
      expect(await store.update(idOf('a'), increment)).toMatchObject({ revision: expected.revision + 1 });
    },
  );

  it.each([...FAULTS, ['mkdirSync', 'ENOSPC', /the disk is full/]] as const)(
    '%s with %s in a create: there is no record, and then there is',
    async (call, code, remedy) => {
      const { store, layout } = temporaryStore({ durability: 'fsync' });
      await store.create(aRecord('other', { user: owner('u') }));
      failAt(call, code);
      await expect(store.create(aRecord('a', { user: owner('u2') }))).rejects.toThrow(remedy);
      expect(await store.find(idOf('a'))).toBeNull();
      expect(await idsIn(store.scan())).toEqual([idOf('other')]);
      expect(await all(store.findByUser('u2'))).toEqual([]);
      expect(temporaries(layout.root)).toEqual([]);
      failAt('', '');
      expect(await store.create(aRecord('a', { user: owner('u2') }))).toBe('created');
      expect(await idsIn(store.findByUser('u2'))).toEqual([idOf('a')]);
    },
  );

  it('that forbids to remove keeps the record, and says so', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    failAt('unlinkSync', 'EROFS');
    await expect(store.delete(idOf('a'))).rejects.toThrow(/read-only: remount/);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a')]);
  });

  it('that makes it write in pieces does not tear the record', async () => {
    const { store } = temporaryStore();
    const data = { text: 'é'.repeat(200_000) };
    await store.create(aRecord('a', { data }));
    expect((await store.find(idOf('a')))?.data).toEqual(data);
  });

  it('a session of more than 16 MB is refused, for it could not be read', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a'));
    const grow = store.update(idOf('a'), (now) => ({ ...now, data: { text: 'x'.repeat(17 * 2 ** 20) } }));
    await expect(grow).rejects.toThrow(/larger than 16 MB: keep less/);
    expect(await store.find(idOf('a'))).toEqual(aRecord('a'));
    expect(temporaries(layout.root)).toEqual([]);
  });
});

describe('a full disk', () => {
  const tombstone = { reason: 'logout', at: 1, until: 2_000_000 } as const;

  it('S6, I2: a logout makes room for its own tombstone', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('a'));
    failAt('writeSync', 'ENOSPC', 1);
    expect(await store.delete(idOf('a'), { tombstone })).toMatchObject({ removed: true });
    expect(await store.find(idOf('a'))).toBeNull();
    expect(await store.create(aRecord('a'))).toBe('gone');
  });

  it('S6, I2: without room for a single byte, the session ends, and an empty tombstone holds as long', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('a'));
    failAt('writeSync', 'ENOSPC');
    expect(await store.delete(idOf('a'), { tombstone })).toMatchObject({ removed: true });
    expect(await store.find(idOf('a'))).toBeNull();
    expect(await store.tombstone(idOf('a'))).toMatchObject({ until: tombstone.until });
    expect(await store.create(aRecord('a'))).toBe('gone');
  });

  it('S6, I2: a logout goes on where a file cannot even be renamed', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a'));
    failAt('renameSync', 'ENOSPC', 1);
    expect(await store.delete(idOf('a'), { tombstone })).toMatchObject({ removed: true });
    expect(await store.tombstone(idOf('a'))).toEqual(tombstone);
    expect(temporaries(layout.root)).toEqual([]);
  });

  it.each(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'])(
    'S6: where no file can be made (%s), the session ends all the same',
    async (code) => {
      const { store, layout } = temporaryStore();
      await store.create(aRecord('a'));
      failAt('openSync', code);
      expect(await store.delete(idOf('a'), { tombstone })).toMatchObject({ removed: true });
      failAt('', '');
      expect(await store.find(idOf('a'))).toBeNull();
      expect(temporaries(layout.root)).toEqual([]);
    },
  );

  it('S6: a tombstone that is all that there was to do, and cannot be left, is an error', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('b'));
    failAt('openSync', 'ENOSPC');
    await expect(store.delete(idOf('a'), { tombstone })).rejects.toThrow(/disk is full/);
  });
});

describe('a disk that is read-only', () => {
  it('can be read from, whatever there would be to mend', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u'), expires: 5 }));
    await store.secret({ create: true });
    indexOf(layout).add(owner('u'), idOf('gone'));
    await store.close();
    failAt('openSync', 'EROFS');
    expect(await store.find(idOf('a'))).not.toBeNull();
    expect(await store.tombstone(idOf('a'))).toBeNull();
    expect(await idsIn(store.scan())).toEqual([idOf('a')]);
    expect(await all(store.expiryCandidates(5))).toEqual([idOf('a')]);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a')]);
    expect(await store.secret({ create: true })).toHaveLength(32);
    await expect(store.delete(idOf('a'))).rejects.toThrow(/read-only: remount/);
  });
});

it.each(['ENOSPC', 'EDQUOT'])(
  'a sweep without room for a shorter list of sessions (%s) leaves it to the next one, and fails none',
  async (code) => {
    const { store } = temporaryStore();
    for (let n = 0; n < 100; n++) await store.create(aRecord(n, { user: owner('u') }));
    for (let n = 1; n < 100; n++) await store.delete(idOf(n));
    failAt('writeSync', code);
    expect(await store.sweep(0)).toBe(0);
    failAt('', '');
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf(0)]);
    expect(await store.sweep(0)).toBe(99);
  },
);

it('a sweep without room for a tombstone empties what a killed writer left of the record, and the session stays ended', async () => {
  const { store, layout } = temporaryStore();
  await store.create(aRecord('a', { data: { token: 'a-token-of-a-bank' } }));
  renameSync(layout.record(idOf('a')), layout.tombstone(idOf('a')));
  failAt('writeSync', 'ENOSPC');
  expect(await store.sweep(1_000_000)).toBe(0);
  expect(readFileSync(layout.tombstone(idOf('a')), 'utf8')).toBe('');
  expect(await store.find(idOf('a'))).toBeNull();
  expect(await store.tombstone(idOf('a'))).toMatchObject({ until: 1_000_000 + 3_600_000 });
});

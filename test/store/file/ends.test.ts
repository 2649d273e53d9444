import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tryLock, unlock } from 'fs-native-extensions';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lockSlot } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { temporaryStore } from '../../aid/file-store.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';
import { all, aRecord, idOf, increment } from '../../aid/records.js';

const ID = idOf('a');
const NOW = 1_000_000;
const HOUR = 3_600_000;
const UNTIL = 7_000_123;
const TOMBSTONE = { reason: 'logout', at: NOW, until: UNTIL } as const;
const SECRET = 'a-token-of-a-bank';

async function storeWithSession() {
  const { store, layout } = temporaryStore();
  await store.create(aRecord('a', { data: { token: SECRET } }));
  for (let n = 0; n < 3; n++) await store.update(ID, increment);
  return { store, layout, record: layout.record(ID), tombstone: layout.tombstone(ID) };
}

/** What a process killed between the rename and the overwriting leaves: the record under the name of the tombstone. */
async function storeWithHalfEnded() {
  const made = await storeWithSession();
  const { store, record, tombstone } = made;
  const text = readFileSync(record, 'utf8');
  await store.delete(ID);
  putFile(tombstone, text);
  utimesSync(tombstone, UNTIL / 1000, UNTIL / 1000);
  return made;
}

describe('the file of a session that ends', () => {
  it('becomes its tombstone: one file, in which no value of the session remains', async () => {
    const { store, record, tombstone } = await storeWithSession();
    const { ino } = statSync(record);
    expect(await store.delete(ID, { tombstone: TOMBSTONE })).toMatchObject({ removed: true });
    expect(readdirSync(dirname(record))).toEqual([`${ID}.gone`]);
    expect(statSync(tombstone).ino).toBe(ino);
    expect(Math.round(statSync(tombstone).mtimeMs)).toBe(UNTIL);
    expect(readFileSync(tombstone, 'utf8')).toBe(`${JSON.stringify(TOMBSTONE)}\n`);
    expect(await store.tombstone(ID)).toEqual(TOMBSTONE);
  });

  it('replaces the tombstone beside which the record was put back', async () => {
    const { store, record, tombstone } = await storeWithSession();
    const text = readFileSync(record, 'utf8');
    await store.delete(ID, { tombstone: { ...TOMBSTONE, successor: idOf('b') } });
    putFile(record, text);
    expect(await store.find(ID)).toBeNull();
    expect(await store.delete(ID, { tombstone: TOMBSTONE })).toMatchObject({ removed: true });
    expect(existsSync(record)).toBe(false);
    expect(readFileSync(tombstone, 'utf8')).not.toContain(SECRET);
    expect(await store.tombstone(ID)).toEqual(TOMBSTONE);
  });

  it('leaves alone what another name leads to, as some backups make them', async () => {
    const { store, record } = await storeWithSession();
    const backup = join(temporaryFolder(), 'backup');
    linkSync(record, backup);
    const text = readFileSync(record, 'utf8');
    await store.delete(ID, { tombstone: TOMBSTONE });
    expect(readFileSync(backup, 'utf8')).toBe(text);
    expect(existsSync(record)).toBe(false);
    expect(await store.tombstone(ID)).toEqual(TOMBSTONE);
  });

  it('I4: is kept as it is when it is unreadable and may not be removed', async () => {
    const { store, record, tombstone } = await storeWithSession();
    putFile(record, '{"torn');
    const kept = await store.delete(ID, { tombstone: TOMBSTONE, keepUnreadable: true });
    expect(kept).toMatchObject({ removed: false, record: null });
    expect(readFileSync(record, 'utf8')).toBe('{"torn');
    expect(await store.delete(ID, { tombstone: TOMBSTONE })).toMatchObject({ removed: true });
    expect(existsSync(record)).toBe(false);
    expect(existsSync(tombstone)).toBe(true);
  });

  it('I2: has ended the session once it has its new name, if the process is killed then', async () => {
    const { store } = await storeWithHalfEnded();
    expect(await store.find(ID)).toBeNull();
    expect(await store.update(ID, increment)).toBeNull();
    expect(await store.create(aRecord('a', { seen: UNTIL - 1 }))).toBe('gone');
    expect(await store.tombstone(ID)).toEqual({ reason: 'destroyed', at: UNTIL, until: UNTIL });
    expect(await all(store.scan())).toEqual([]);
    expect(await store.sweep(UNTIL)).toBe(1);
  });

  it('S3: says nothing to another process before its writer has released the lock: the successor is not in it yet', async () => {
    const { store, layout, tombstone } = await storeWithHalfEnded();
    const writer = openSync(layout.lock, 'a+');
    onTestFinished(() => closeSync(writer));
    expect(tryLock(writer, lockSlot(ID), 1)).toBe(true);
    const asked = store.tombstone(ID);
    await nextTurn();
    const rotated = { ...TOMBSTONE, reason: 'rotated', successor: idOf('b') } as const;
    putFile(tombstone, `${JSON.stringify(rotated)}\n`);
    unlock(writer, lockSlot(ID), 1);
    expect(await asked).toEqual(rotated);
  });

  it('S3: is looked at again by a store for reading, which takes no lock, and then its time counts', async () => {
    const { layout, tombstone } = await storeWithHalfEnded();
    rmSync(layout.lock);
    const readOnly = new FileStore(layout.root, { readOnly: true });
    expect(await readOnly.tombstone(ID)).toEqual({ reason: 'destroyed', at: UNTIL, until: UNTIL });
    const asked = readOnly.tombstone(ID);
    putFile(tombstone, `${JSON.stringify(TOMBSTONE)}\n`);
    expect(await asked).toEqual(TOMBSTONE);
    expect(existsSync(layout.lock)).toBe(false);
  });

  it('I2: is a tombstone as soon as its first line is one', async () => {
    const { store, tombstone } = await storeWithSession();
    await store.delete(ID);
    putFile(tombstone, `${JSON.stringify(TOMBSTONE)}\n"${SECRET}"}}\n{"version":1}\n`);
    expect(await store.tombstone(ID)).toEqual(TOMBSTONE);
  });

  it.each([
    ['for an hour after the sweep', NOW, NOW + HOUR],
    ['no longer than the record', UNTIL - 5, UNTIL],
  ])(
    'loses the values of the session in a sweep if a process was killed, and lasts %s',
    async (_, at, until) => {
      const { store, tombstone } = await storeWithHalfEnded();
      expect(readFileSync(tombstone, 'utf8')).toContain(SECRET);
      expect(await store.sweep(at)).toBe(0);
      expect(readFileSync(tombstone, 'utf8')).toBe(`${JSON.stringify({ reason: 'destroyed', at, until })}\n`);
      expect(Math.round(statSync(tombstone).mtimeMs)).toBe(until);
      expect(await store.find(ID)).toBeNull();
      expect(await store.sweep(until - 1)).toBe(0);
      expect(await store.sweep(until)).toBe(1);
    },
  );

  it('keeps its first line in a sweep, and nothing else, if a process was killed in the middle', async () => {
    const { store, tombstone } = await storeWithHalfEnded();
    putFile(tombstone, `${JSON.stringify(TOMBSTONE)}\n"${SECRET}"}}\n`);
    expect(await store.sweep(NOW)).toBe(0);
    expect(readFileSync(tombstone, 'utf8')).toBe(`${JSON.stringify(TOMBSTONE)}\n`);
  });

  it('is left as it is by a sweep when it is whole, or was emptied on a full disk', async () => {
    const { store, tombstone } = await storeWithHalfEnded();
    for (const text of ['', `${JSON.stringify(TOMBSTONE)}\n`, JSON.stringify(TOMBSTONE)]) {
      putFile(tombstone, text);
      utimesSync(tombstone, UNTIL / 1000, UNTIL / 1000);
      const { ino } = statSync(tombstone);
      expect(await store.sweep(NOW)).toBe(0);
      expect(statSync(tombstone).ino).toBe(ino);
      expect(readFileSync(tombstone, 'utf8')).toBe(text);
    }
  });

  it('is not unreadable for a reader that opened it before: the session is gone', async () => {
    const { store, record, tombstone } = await storeWithSession();
    for (const text of ['', `${JSON.stringify(TOMBSTONE)}\n`, `${JSON.stringify(TOMBSTONE)}\n{"version":1`]) {
      putFile(record, text);
      putFile(tombstone, text);
      expect(await store.find(ID)).toBeNull();
    }
  });
});

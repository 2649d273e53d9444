import { expect } from 'vitest';
import { all, aRecord, idOf, idsIn, owner } from '../../aid/records.js';
import type { StoreCheck } from '../contract.js';

const ODD_USERS = [
  '',
  '../../x',
  '__proto__',
  'a/b\\c:*',
  'é\u0000\n',
  'u'.repeat(5000),
  'u1',
  'u10',
  'U1',
  'u\ud800',
  'u\ud801',
];

export const listChecks: readonly StoreCheck[] = [
  {
    name: 'scans every record once, with its size',
    async run({ store }) {
      expect(await all(store.scan())).toEqual([]);
      const records = Array.from({ length: 300 }, (_, n) => aRecord(n, { data: { n } }));
      for (const record of records) await store.create(record);
      const entries = await all(store.scan());
      expect(entries.map(({ id }) => id).sort()).toEqual(records.map(({ id }) => id).sort());
      for (const { id, bytes, record } of entries) {
        expect(record).toEqual(records.find((one) => one.id === id));
        expect(bytes).toBeGreaterThan(50);
      }
    },
  },
  {
    name: 'scans the records whose id begins with a prefix, and refuses what could begin none (I6)',
    async run({ store }) {
      const records = Array.from({ length: 40 }, (_, n) => aRecord(n));
      for (const record of records) await store.create(record);
      const whole = idOf(7);
      for (const length of [0, 1, 2, 3, 4, 31, 32]) {
        const prefix = whole.slice(0, length);
        const meant = records.map(({ id }) => id).filter((id) => id.startsWith(prefix));
        expect(await idsIn(store.scan({ prefix }))).toEqual(meant.sort());
      }
      expect(await all(store.scan({ prefix: idOf('absent') }))).toEqual([]);
      for (const prefix of ['..', 'AB', 'a/', 'a'.repeat(33)])
        await expect(all(store.scan({ prefix }))).rejects.toThrow(TypeError);
    },
  },
  {
    name: 'scans on while what it showed is deleted',
    async run({ store }) {
      for (let n = 0; n < 30; n++) await store.create(aRecord(n));
      let seen = 0;
      for await (const { id } of store.scan()) {
        seen++;
        expect((await store.delete(id)).removed).toBe(true);
      }
      expect(seen).toBe(30);
      expect(await all(store.scan())).toEqual([]);
    },
  },
  {
    name: 'names every record that has expired by then, also after its time was changed (I5)',
    async run({ store }) {
      await store.create(aRecord('exact', { expires: 1_700_000_000_123 }));
      await store.create(aRecord('earlier', { expires: 1_700_000_000_122 }));
      await store.create(aRecord('moved', { expires: 1_800_000_000_000 }));
      await store.update(idOf('moved'), (now) => ({ ...now, expires: 1_600_000_000_000 }));
      const named = await all(store.expiryCandidates(1_700_000_000_123));
      expect(named.sort()).toEqual(['exact', 'earlier', 'moved'].map(idOf).sort());
    },
  },
  {
    name: 'finds the sessions of a user, by id and not by name',
    async run({ store, sibling }) {
      await store.create(aRecord('anonymous'));
      for (const [n, id] of ODD_USERS.entries()) {
        await store.create(aRecord(`a${n}`, { user: owner(id, 'Same') }));
        await store.create(aRecord(`b${n}`, { user: owner(id, 'Same') }));
      }
      for (const [n, id] of ODD_USERS.entries()) {
        expect(await idsIn(sibling().findByUser(id))).toEqual([idOf(`a${n}`), idOf(`b${n}`)].sort());
      }
      expect(await all(store.findByUser('Same'))).toEqual([]);
    },
  },
  {
    name: 'finds a user who logged in later, changed or left',
    async run({ store }) {
      const become = (id: string | null) =>
        store.update(idOf('a'), (now) => ({
          ...now,
          kind: id === null ? 'anonymous' : 'user',
          user: id === null ? null : owner(id),
        }));
      await store.create(aRecord('a'));
      const updated = await become('u1');
      expect(await all(store.findByUser('u1'))).toEqual([
        { id: idOf('a'), bytes: expect.any(Number), record: updated },
      ]);
      await become('u2');
      expect(await all(store.findByUser('u1'))).toEqual([]);
      expect(await idsIn(store.findByUser('u2'))).toEqual([idOf('a')]);
      await become(null);
      expect(await all(store.findByUser('u2'))).toEqual([]);
      await become('u1');
      await store.delete(idOf('a'));
      expect(await all(store.findByUser('u1'))).toEqual([]);
    },
  },
];

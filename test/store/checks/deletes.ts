import { expect } from 'vitest';
import type { Tombstone } from '../../../src/store/contract.js';
import { all, aRecord, idOf, idsIn, increment, owner } from '../../aid/records.js';
import type { StoreCheck } from '../contract.js';

const LOGOUT: Tombstone = { reason: 'logout', at: 1_000_000, until: 2_000_000 };
const NOTHING = { removed: false, record: null, bytes: 0 };

export const deleteChecks: readonly StoreCheck[] = [
  {
    name: 'deletes, and tells what was there',
    async run({ store }) {
      const record = aRecord('a', { user: owner('u') });
      await store.create(record);
      const removal = await store.delete(record.id);
      expect(removal).toEqual({ removed: true, record, bytes: expect.any(Number) });
      expect(removal.bytes).toBeGreaterThan(50);
      expect(await store.find(record.id)).toBeNull();
      expect(await store.create(record)).toBe('created');
    },
  },
  {
    name: 'deletes nothing where nothing is, without asking',
    async run({ store }) {
      const when = () => expect.unreachable('there is nothing to ask about');
      expect(await store.delete(idOf('absent'))).toEqual(NOTHING);
      expect(await store.delete(idOf('absent'), { when })).toEqual(NOTHING);
    },
  },
  {
    name: 'deletes only when what is there at that moment says so (I5)',
    async run({ store }) {
      await store.create(aRecord('a'));
      const updated = await store.update(idOf('a'), increment);
      const keep = await store.delete(idOf('a'), { when: (now) => now.revision === 1, tombstone: LOGOUT });
      expect(keep).toMatchObject({ removed: false, record: updated });
      expect(await store.find(idOf('a'))).toEqual(updated);
      expect(await store.tombstone(idOf('a'))).toBeNull();
      expect(await store.delete(idOf('a'), { when: (now) => now.revision === 2 })).toMatchObject({
        removed: true,
        record: updated,
      });
      expect(await store.find(idOf('a'))).toBeNull();
    },
  },
  {
    name: 'removes a record once, however many purge at once (I5)',
    async run({ store, sibling }) {
      const other = sibling();
      for (let n = 0; n < 20; n++) await store.create(aRecord(n, { expires: n < 10 ? 500 : 1500 }));
      const purge = async (one: typeof store): Promise<number> => {
        let removed = 0;
        for (const id of await all(one.expiryCandidates(1000)))
          if ((await one.delete(id, { when: (now) => now.expires <= 1000 })).removed) removed++;
        return removed;
      };
      const [mine, theirs] = await Promise.all([purge(store), purge(other)]);
      expect((mine ?? 0) + (theirs ?? 0)).toBe(10);
      expect(await all(store.scan())).toHaveLength(10);
    },
  },
  {
    name: 'a purge spares what was refreshed since it was listed (I5)',
    async run({ store, sibling }) {
      await store.create(aRecord('a', { expires: 500 }));
      const listed = await all(store.expiryCandidates(1000));
      expect(listed).toEqual([idOf('a')]);
      await sibling().update(idOf('a'), (now) => ({ ...now, expires: 9000 }));
      const removal = await store.delete(idOf('a'), { when: (now) => now.expires <= 1000 });
      expect(removal.removed).toBe(false);
      expect(await store.find(idOf('a'))).toMatchObject({ expires: 9000 });
    },
  },
  {
    name: 'answers gone while a tombstone holds (I2)',
    async run({ store, sibling }) {
      await store.create(aRecord('a'));
      await store.delete(idOf('a'), { tombstone: LOGOUT });
      expect(await sibling().tombstone(idOf('a'))).toEqual(LOGOUT);
      expect(await sibling().create(aRecord('a', { seen: LOGOUT.until - 1 }))).toBe('gone');
      expect(await store.find(idOf('a'))).toBeNull();
      expect(await all(store.scan())).toEqual([]);
      expect(await store.create(aRecord('a', { seen: LOGOUT.until }))).toBe('created');
    },
  },
  {
    name: 'leaves a tombstone where no record was (I2)',
    async run({ store }) {
      expect(await store.delete(idOf('a'), { tombstone: LOGOUT })).toEqual(NOTHING);
      expect(await store.create(aRecord('a'))).toBe('gone');
      expect(await store.create(aRecord('b'))).toBe('created');
    },
  },
  {
    name: 'leaves an unreadable record where it is when asked to, and a tombstone beside it (I4, S6)',
    async run({ store, putBytes, sibling }) {
      const record = aRecord('a', { user: owner('u') });
      await putBytes(record.id, '{"version":1,');
      const kept = await store.delete(record.id, { tombstone: LOGOUT, keepUnreadable: true });
      expect(kept).toEqual({ removed: false, record: null, bytes: 13 });
      expect(await sibling().tombstone(record.id)).toEqual(LOGOUT);
      expect(await all(store.scan())).toMatchObject([{ id: record.id, record: null }]);
      await store.create(aRecord('b'));
      expect(await store.delete(idOf('b'), { keepUnreadable: true })).toMatchObject({ removed: true });
    },
  },
  {
    name: 'opens nothing under an id that has a tombstone, whatever was put back under it (S6)',
    async run({ store, putBytes, sibling }) {
      const record = aRecord('a');
      await putBytes(record.id, '{"version":1,');
      await store.delete(record.id, { tombstone: LOGOUT, keepUnreadable: true });
      expect(await store.find(record.id)).toBeNull();
      await putBytes(record.id, JSON.stringify(record));
      expect(await sibling().find(record.id)).toBeNull();
      expect(await store.update(record.id, () => expect.unreachable('it is spent'))).toBeNull();
      expect(await idsIn(store.scan())).toEqual([record.id]);
      await store.sweep(LOGOUT.until);
      expect(await store.find(record.id)).toEqual(record);
    },
  },
  {
    name: 'a tombstone knows what took the place of its id, and no later tombstone covers that up (S6)',
    async run({ store, sibling }) {
      const replaced: Tombstone = { ...LOGOUT, reason: 'rotated', successor: idOf('b') };
      await store.create(aRecord('a'));
      await store.delete(idOf('a'), { tombstone: replaced });
      expect(await sibling().tombstone(idOf('a'))).toEqual(replaced);
      expect(await store.delete(idOf('a'), { tombstone: LOGOUT })).toEqual(NOTHING);
      expect(await store.tombstone(idOf('a'))).toEqual(replaced);
      await store.create(aRecord('a', { seen: LOGOUT.until }));
      await store.delete(idOf('a'), { tombstone: LOGOUT });
      expect(await store.tombstone(idOf('a'))).toEqual(LOGOUT);
    },
  },
  {
    name: 'forgets a tombstone whose time is over once the id has a record again',
    async run({ store }) {
      await store.delete(idOf('a'), { tombstone: LOGOUT });
      await store.create(aRecord('a', { seen: LOGOUT.until }));
      expect(await store.find(idOf('a'))).toMatchObject({ id: idOf('a') });
      expect(await store.tombstone(idOf('a'))).toBeNull();
    },
  },
  {
    name: 'sweeps tombstones whose time is over, and no other, and no record',
    async run({ store }) {
      await store.create(aRecord('record', { expires: 1 }));
      await store.delete(idOf('old'), { tombstone: { ...LOGOUT, until: 3_000_000 } });
      await store.delete(idOf('young'), { tombstone: { ...LOGOUT, until: 3_000_001 } });
      expect(await store.sweep(2_999_999)).toBe(0);
      expect(await store.sweep(3_000_000)).toBe(1);
      expect(await store.tombstone(idOf('old'))).toBeNull();
      expect(await store.tombstone(idOf('young'))).not.toBeNull();
      expect(await store.find(idOf('record'))).not.toBeNull();
    },
  },
];

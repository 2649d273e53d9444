import { expect } from 'vitest';
import { all, aRecord, count, idOf, increment } from '../../aid/records.js';
import type { StoreCheck } from '../contract.js';

export const changeChecks: readonly StoreCheck[] = [
  {
    name: 'never creates by updating (I2)',
    async run({ store }) {
      const change = () => expect.unreachable('there is nothing to change');
      expect(await store.update(idOf('absent'), change)).toBeNull();
      expect(await all(store.scan())).toEqual([]);
    },
  },
  {
    name: 'gives the new record, its revision one more whatever the change says',
    async run({ store }) {
      await store.create(aRecord('a', { revision: 7 }));
      const updated = await store.update(idOf('a'), (now) => ({ ...now, seen: 42, revision: 1000 }));
      expect(updated).toEqual(aRecord('a', { revision: 8, seen: 42 }));
      expect(await store.find(idOf('a'))).toEqual(updated);
      await store.update(idOf('a'), (now) => Object.assign(now, { revision: 0 }));
      expect((await store.find(idOf('a')))?.revision).toBe(9);
    },
  },
  {
    name: 'leaves the record as it is when the change gives null',
    async run({ store }) {
      await store.create(aRecord('a'));
      expect(await store.update(idOf('a'), () => null)).toBeNull();
      expect(await store.find(idOf('a'))).toEqual(aRecord('a'));
    },
  },
  {
    name: 'passes on what a change throws, keeps the record, and goes on',
    async run({ store, sibling }) {
      await store.create(aRecord('a'));
      const failing = store.update(idOf('a'), () => {
        throw new RangeError('not today');
      });
      await expect(failing).rejects.toThrow(new RangeError('not today'));
      expect(await store.find(idOf('a'))).toEqual(aRecord('a'));
      expect(count(await sibling().update(idOf('a'), increment))).toBe(1);
    },
  },
  {
    name: 'loses no step of many updates at once (I1)',
    async run({ store, sibling }) {
      const other = sibling();
      await store.create(aRecord('a'));
      const steps = Array.from({ length: 40 }, (_, n) =>
        (n % 2 ? store : other).update(idOf('a'), increment),
      );
      await Promise.all(steps);
      expect(await store.find(idOf('a'))).toMatchObject({ revision: 41, data: { n: 40 } });
    },
  },
  {
    name: 'lets two who change different keys both win (I1)',
    async run({ store, sibling }) {
      await store.create(aRecord('a'));
      const set = (key: string) => (now: ReturnType<typeof aRecord>) => ({
        ...now,
        data: { ...now.data, [key]: true },
      });
      await Promise.all([store.update(idOf('a'), set('x')), sibling().update(idOf('a'), set('y'))]);
      expect((await store.find(idOf('a')))?.data).toEqual({ x: true, y: true });
    },
  },
  {
    name: 'does not bring back what was deleted meanwhile (I2)',
    async run({ store, sibling }) {
      const other = sibling();
      for (let n = 0; n < 10; n++) {
        await store.create(aRecord(n));
        await Promise.all([
          store.update(idOf(n), increment),
          other.delete(idOf(n)),
          store.update(idOf(n), increment),
        ]);
        expect(await store.update(idOf(n), increment)).toBeNull();
        expect(await store.find(idOf(n))).toBeNull();
      }
      expect(await all(store.scan())).toEqual([]);
    },
  },
];

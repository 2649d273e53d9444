import assert from 'node:assert/strict';
import { has, same } from './assert.js';
import type { ContractCheck } from './check.js';
import { all, aRecord, count, idOf, increment } from './records.js';

const ALONE =
  'change runs on the record as it is at that moment, alone for this id among all processes and machines.';

export const changeChecks: readonly ContractCheck[] = [
  {
    title: 'never creates by updating (I2)',
    promise: 'update never creates: of an id that is not there it does nothing and gives null.',
    async run({ store }) {
      const change = () => assert.fail('a change is asked for where no record is');
      same(await store.update(idOf('absent'), change), null);
      same(await all(store.scan()), []);
    },
  },
  {
    title: 'gives the new record, its revision one more whatever the change says',
    promise: 'The store sets the revision: one more than before. update gives the new record.',
    async run({ store }) {
      await store.create(aRecord('a', { revision: 7 }));
      const updated = await store.update(idOf('a'), (now) => ({ ...now, seen: 42, revision: 1000 }));
      same(updated, aRecord('a', { revision: 8, seen: 42 }));
      same(await store.find(idOf('a')), updated);
      await store.update(idOf('a'), (now) => Object.assign(now, { revision: 0 }));
      has(await store.find(idOf('a')), { revision: 9 });
    },
  },
  {
    title: 'leaves the record as it is when the change gives null',
    promise: 'When change returns null, the record stays as it is, and update gives null.',
    async run({ store }) {
      await store.create(aRecord('a'));
      same(await store.update(idOf('a'), () => null), null);
      same(await store.find(idOf('a')), aRecord('a'));
    },
  },
  {
    title: 'passes on what a change throws, keeps the record, and goes on',
    promise:
      'A change that throws changes nothing: update rejects with its error, and the next update works.',
    async run({ store, reopen }) {
      await store.create(aRecord('a'));
      const failing = store.update(idOf('a'), () => {
        throw new RangeError('not today');
      });
      await assert.rejects(failing, { name: 'RangeError', message: 'not today' });
      same(await store.find(idOf('a')), aRecord('a'));
      same(count(await (await reopen()).update(idOf('a'), increment)), 1);
    },
  },
  {
    title: 'loses no step of many updates at once (I1)',
    promise: ALONE,
    async run({ store, reopen }) {
      const handles = [store, await reopen(), await reopen(), await reopen()];
      await store.create(aRecord('a'));
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => (handles[n % 4] ?? store).update(idOf('a'), increment)),
      );
      has(await store.find(idOf('a')), { revision: 41, data: { n: 40 } });
    },
  },
  {
    title: 'lets two who change different keys both win (I1)',
    promise: ALONE,
    async run({ store, reopen }) {
      const other = await reopen();
      await store.create(aRecord('a'));
      const set = (key: string) => (now: ReturnType<typeof aRecord>) => ({
        ...now,
        data: { ...now.data, [key]: true },
      });
      await Promise.all([store.update(idOf('a'), set('x')), other.update(idOf('a'), set('y'))]);
      has(await store.find(idOf('a')), { data: { x: true, y: true } });
    },
  },
  {
    title: 'does not bring back what was deleted meanwhile (I2)',
    promise: 'update never creates. So a request that saves late cannot bring back what was ended meanwhile.',
    async run({ store, reopen }) {
      const other = await reopen();
      for (let n = 0; n < 10; n++) {
        await store.create(aRecord(n));
        await Promise.all([
          store.update(idOf(n), increment),
          other.delete(idOf(n)),
          store.update(idOf(n), increment),
        ]);
        same(await store.update(idOf(n), increment), null);
        same(await store.find(idOf(n)), null);
      }
      same(await all(store.scan()), []);
    },
  },
];

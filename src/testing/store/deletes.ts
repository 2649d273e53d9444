import assert from 'node:assert/strict';
import type { SessionStore } from '../../store/contract.js';
import { has, isSize, same } from './assert.js';
import type { ContractCheck } from './check.js';
import { all, aRecord, idOf, increment, owner } from './records.js';

/** What `delete` gives where nothing is. */
export const NOTHING = { removed: false, record: null, bytes: 0 };

const WHEN = 'With when, delete removes the record only if when returns true for it as it is at that moment.';

export const deleteChecks: readonly ContractCheck[] = [
  {
    title: 'deletes, and tells what was there',
    promise: 'delete removes a record, and gives the record at that moment and its stored size.',
    async run({ store }) {
      const record = aRecord('a', { user: owner('u') });
      await store.create(record);
      const removal = await store.delete(record.id);
      has(removal, { removed: true, record });
      isSize(removal.bytes);
      assert.ok(removal.bytes > 0, 'the size is 0');
      same(await store.find(record.id), null);
      same(await store.create(record), 'created');
    },
  },
  {
    title: 'deletes nothing where nothing is, without asking',
    promise: 'delete of an id that is not there does nothing and says so.',
    async run({ store }) {
      const when = () => assert.fail('when is asked about a record that is not there');
      same(await store.delete(idOf('absent')), NOTHING);
      same(await store.delete(idOf('absent'), { when }), NOTHING);
    },
  },
  {
    title: 'deletes only when what is there at that moment says so (I5)',
    promise: WHEN,
    async run({ store }) {
      await store.create(aRecord('a'));
      const updated = await store.update(idOf('a'), increment);
      const tombstone = { reason: 'logout', at: 1_000_000, until: 2_000_000 } as const;
      const kept = await store.delete(idOf('a'), { when: (now) => now.revision === 1, tombstone });
      has(kept, { removed: false, record: updated });
      same(await store.find(idOf('a')), updated);
      same(await store.tombstone(idOf('a')), null);
      const removal = await store.delete(idOf('a'), { when: (now) => now.revision === 2 });
      has(removal, { removed: true, record: updated });
      same(await store.find(idOf('a')), null);
    },
  },
  {
    title: 'passes on what a condition throws, keeps the record, and goes on (I5)',
    promise: 'A when that throws changes nothing: delete rejects with its error, and the next delete works.',
    async run({ store, reopen }) {
      const record = aRecord('a');
      await store.create(record);
      const when = () => {
        throw new RangeError('not today');
      };
      const tombstone = { reason: 'logout', at: 1_000_000, until: 2_000_000 } as const;
      const failing = store.delete(record.id, { when, tombstone });
      await assert.rejects(failing, { name: 'RangeError', message: 'not today' });
      same([await store.find(record.id), await store.tombstone(record.id)], [record, null]);
      has(await (await reopen()).delete(record.id, { when: () => true }), { removed: true, record });
    },
  },
  {
    title: 'removes a record once, however many purge at once (I5)',
    promise: WHEN,
    async run({ store, reopen }) {
      for (let n = 0; n < 20; n++) await store.create(aRecord(n, { expires: n < 10 ? 500 : 1500 }));
      const removed = await Promise.all([store, await reopen()].map(purge));
      same((removed[0] ?? 0) + (removed[1] ?? 0), 10);
      same((await all(store.scan())).length, 10);
    },
  },
  {
    title: 'a purge spares what was refreshed since it was listed (I5)',
    promise: WHEN,
    async run({ store, reopen }) {
      await store.create(aRecord('a', { expires: 500 }));
      same(await all(store.expiryCandidates(1000)), [idOf('a')]);
      await (await reopen()).update(idOf('a'), (now) => ({ ...now, expires: 9000 }));
      const removal = await store.delete(idOf('a'), { when: (now) => now.expires <= 1000 });
      same(removal.removed, false);
      has(await store.find(idOf('a')), { expires: 9000 });
    },
  },
];

/** Purges what has expired by 1000. Gives how many records this call removed. */
async function purge(store: SessionStore): Promise<number> {
  let removed = 0;
  for (const id of await all(store.expiryCandidates(1000)))
    if ((await store.delete(id, { when: (now) => now.expires <= 1000 })).removed) removed++;
  return removed;
}

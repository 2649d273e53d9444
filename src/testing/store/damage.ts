import assert from 'node:assert/strict';
import { has, isSize, isUnreadable, refuses, same } from './assert.js';
import type { ContractCheck } from './check.js';
import { DAMAGED, FIRST_VERSION, nested } from './damaged-texts.js';
import { all, aRecord, idOf, idsIn, idsOf, increment, owner } from './records.js';

const UNREADABLE =
  'A record that cannot be read harms only itself: find and update throw UnreadableRecordError, scan lists it.';
const UNASKED =
  'Only a delete without a condition, and without keepUnreadable, removes a record that cannot be read.';

export const damageChecks: readonly ContractCheck[] = [
  {
    title: 'reads a record of the first version, and gives what it would write of it today',
    promise: 'find and update read what any earlier version of this package wrote (parseRecord does it).',
    plants: true,
    async run({ store, reopen, plant }) {
      await plant(idOf('a'), FIRST_VERSION);
      const found = await store.find(idOf('a'));
      has(found, JSON.parse(FIRST_VERSION));
      const renewed = await store.update(idOf('a'), (current) => current);
      same(renewed, { ...found, revision: 3 });
      same(await (await reopen()).find(idOf('a')), renewed);
      same(Object.keys(renewed ?? {}).sort(), Object.keys(aRecord('a')).sort());
    },
  },
  {
    title: 'says of a damaged record that it is unreadable and why, quoting nothing (I4)',
    promise: UNREADABLE,
    plants: true,
    async run({ store, plant }) {
      for (const [text] of DAMAGED) {
        await plant(idOf('a'), text);
        const error = await isUnreadable(store.find(idOf('a')), `find of ${shown(text)}`);
        same(error.id, idOf('a'));
        assert.ok(typeof error.reason === 'string' && error.reason !== '', 'the error has no reason');
        assert.ok(!String(error).includes('S3cret'), 'the error quotes the data of the record');
      }
    },
  },
  {
    title: 'never overwrites or deletes a damaged record unasked (I4)',
    promise: UNASKED,
    plants: true,
    async run({ store, plant }) {
      const unasked = () => assert.fail('a function is asked about a record that cannot be read');
      for (const [text] of DAMAGED) {
        await plant(idOf('a'), text);
        await isUnreadable(store.update(idOf('a'), unasked), `update of ${shown(text)}`);
        same(await store.create(aRecord('a')), 'exists');
        const kept = await store.delete(idOf('a'), { when: unasked });
        has(kept, { removed: false, record: null });
        await all(store.findByUser('u'));
        await store.sweep(Number.MAX_SAFE_INTEGER);
        const [entry, ...others] = await all(store.scan());
        same(others, []);
        has(entry, { id: idOf('a'), record: null, bytes: kept.bytes });
        isSize(kept.bytes);
        assert.ok(entry?.record === null && entry.unreadable !== '', 'scan says not why it is unreadable');
      }
    },
  },
  {
    title: 'deletes a damaged record when told to (I4)',
    promise: UNASKED,
    plants: true,
    async run({ store, plant }) {
      for (const [text] of DAMAGED) {
        await plant(idOf('a'), text);
        const gone = await store.delete(idOf('a'));
        has(gone, { removed: true, record: null });
        same(await store.find(idOf('a')), null);
        same(await all(store.scan()), []);
      }
      same(await store.create(aRecord('a')), 'created');
    },
  },
  {
    title: 'reads what was nested as deep as may be written, and writes nothing deeper (I4)',
    promise:
      'A value that the store could not give back as a record is refused with a TypeError (storable does it).',
    plants: true,
    async run({ store, plant }) {
      await plant(idOf('a'), nested(1000));
      has(await store.update(idOf('a'), increment), { revision: 2 });
      const tooDeep = JSON.parse(nested(1001));
      await refuses(
        store.update(idOf('a'), () => tooDeep),
        'a value of 1001 levels',
      );
      await refuses(
        store.create({ ...JSON.parse(nested(20_000)), id: idOf('b') }),
        'a value of 20000 levels',
      );
      has(await store.find(idOf('a')), { revision: 2 });
      same(await store.find(idOf('b')), null);
    },
  },
  {
    title: 'a damaged record harms no other (I4)',
    promise: UNREADABLE,
    plants: true,
    async run({ store, plant }) {
      for (const name of ['a', 'b', 'c'])
        await store.create(aRecord(name, { user: owner('u'), expires: 500 }));
      await plant(idOf('a'), '{"version":1,');
      same(await idsIn(store.scan()), idsOf('a', 'b', 'c'));
      const ofUser = (await all(store.findByUser('u'))).filter(({ record }) => record !== null);
      same(ofUser.map(({ id }) => id).sort(), idsOf('b', 'c'));
      const named = await all(store.expiryCandidates(1000));
      same(
        idsOf('b', 'c').filter((id) => !named.includes(id)),
        [],
        'expired records that are not named',
      );
      has(await store.update(idOf('b'), increment), { revision: 2 });
      same((await store.delete(idOf('c'))).removed, true);
      same(await idsIn(store.scan()), idsOf('a', 'b'));
    },
  },
];

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

import assert from 'node:assert/strict';
import type { Tombstone } from '../../store/contract.js';
import { has, same } from './assert.js';
import type { ContractCheck } from './check.js';
import { NOTHING } from './deletes.js';
import { all, aRecord, idOf, idsIn, owner } from './records.js';

const LOGOUT: Tombstone = { reason: 'logout', at: 1_000_000, until: 2_000_000 };
/** The beginning of a record: it is unreadable. */
const TORN = '{"version":1,';

const GONE = 'gone: the id has a tombstone whose until is later than the seen of the record.';

export const tombstoneChecks: readonly ContractCheck[] = [
  {
    title: 'answers gone while a tombstone holds (I2)',
    promise: GONE,
    async run({ store, reopen }) {
      const other = await reopen();
      await store.create(aRecord('a'));
      await store.delete(idOf('a'), { tombstone: LOGOUT });
      same(await other.tombstone(idOf('a')), LOGOUT);
      same(await other.create(aRecord('a', { seen: LOGOUT.until - 1 })), 'gone');
      same(await store.find(idOf('a')), null);
      same(await all(store.scan()), []);
      same(await store.create(aRecord('a', { seen: LOGOUT.until })), 'created');
    },
  },
  {
    title: 'leaves a tombstone where no record was (I2)',
    promise: 'tombstone: until `until` a create of this id answers gone, even if there was no record.',
    async run({ store }) {
      same(await store.delete(idOf('a'), { tombstone: LOGOUT }), NOTHING);
      same(await store.create(aRecord('a')), 'gone');
      same(await store.create(aRecord('b')), 'created');
    },
  },
  {
    title: 'hands in and out copies of tombstones',
    promise:
      'Values are copies. A caller may change what it passed in or got back: the store does not change.',
    async run({ store }) {
      const kept: Tombstone = { ...LOGOUT, reason: 'administrator', text: 'asked for by telephone' };
      const tombstone = { ...kept };
      await store.delete(idOf('a'), { tombstone });
      tombstone.until = 0;
      Object.assign((await store.tombstone(idOf('a'))) ?? {}, { until: 0 });
      same(await store.tombstone(idOf('a')), kept);
    },
  },
  {
    title: 'leaves an unreadable record where it is when asked to, and a tombstone beside it (I4, S6)',
    promise: 'keepUnreadable: keep an unreadable record; the tombstone is kept all the same.',
    plants: true,
    async run({ store, plant, reopen }) {
      const record = aRecord('a', { user: owner('u') });
      await plant(record.id, TORN);
      const kept = await store.delete(record.id, { tombstone: LOGOUT, keepUnreadable: true });
      has(kept, { removed: false, record: null });
      same(await (await reopen()).tombstone(record.id), LOGOUT);
      const entries = await all(store.scan());
      same(entries.length, 1);
      has(entries[0], { id: record.id, record: null });
      await store.create(aRecord('b'));
      has(await store.delete(idOf('b'), { keepUnreadable: true }), { removed: true });
    },
  },
  {
    title: 'opens nothing under an id that has a tombstone, whatever was put back under it (S6)',
    promise: 'find gives null while this id has a tombstone, even if a record was put back since.',
    plants: true,
    async run({ store, plant, reopen }) {
      const record = aRecord('a');
      await plant(record.id, TORN);
      await store.delete(record.id, { tombstone: LOGOUT, keepUnreadable: true });
      same(await store.find(record.id), null);
      await plant(record.id, JSON.stringify(record));
      same(await (await reopen()).find(record.id), null);
      const change = () => assert.fail('a change is asked for under an id that is gone');
      same(await store.update(record.id, change), null);
      same(await idsIn(store.scan()), [record.id]);
      await store.sweep(LOGOUT.until);
      same(await store.find(record.id), record);
    },
  },
  {
    title: 'a tombstone knows what took the place of its id, and no later tombstone covers that up (S6)',
    promise:
      'Where there was no record, an earlier tombstone that names a successor is kept in place of this one.',
    async run({ store, reopen }) {
      const replaced: Tombstone = { ...LOGOUT, reason: 'rotated', successor: idOf('b') };
      await store.create(aRecord('a'));
      await store.delete(idOf('a'), { tombstone: replaced });
      same(await (await reopen()).tombstone(idOf('a')), replaced);
      same(await store.delete(idOf('a'), { tombstone: LOGOUT }), NOTHING);
      same(await store.tombstone(idOf('a')), replaced);
      await store.create(aRecord('a', { seen: LOGOUT.until }));
      await store.delete(idOf('a'), { tombstone: LOGOUT });
      same(await store.tombstone(idOf('a')), LOGOUT);
    },
  },
  {
    title: 'answers gone for as long as the later tombstone says (I2)',
    promise: 'A tombstone replaces an earlier one: until `until` of the later one a create answers gone.',
    async run({ store, reopen }) {
      const later: Tombstone = { ...LOGOUT, reason: 'destroyed', at: 1_500_000, until: 3_000_000 };
      await store.create(aRecord('a'));
      await store.delete(idOf('a'), { tombstone: LOGOUT });
      await (await reopen()).delete(idOf('a'), { tombstone: later });
      same(await store.tombstone(idOf('a')), later);
      same(await store.create(aRecord('a', { seen: later.until - 1 })), 'gone');
    },
  },
  {
    title: 'forgets a tombstone whose time is over once the id has a record again',
    promise: 'The new record replaces a tombstone that is over.',
    async run({ store }) {
      await store.delete(idOf('a'), { tombstone: LOGOUT });
      await store.create(aRecord('a', { seen: LOGOUT.until }));
      has(await store.find(idOf('a')), { id: idOf('a') });
      same(await store.tombstone(idOf('a')), null);
    },
  },
  {
    title: 'sweeps tombstones whose time is over, and no other, and no record',
    promise:
      'sweep removes tombstones whose until is `at` or earlier, and gives how many files or keys it removed.',
    async run({ store }) {
      await store.create(aRecord('record', { expires: 1 }));
      await store.delete(idOf('old'), { tombstone: { ...LOGOUT, until: 3_000_000 } });
      await store.delete(idOf('young'), { tombstone: { ...LOGOUT, until: 3_000_001 } });
      same(await store.sweep(2_999_999), 0);
      same(await store.sweep(3_000_000), 1);
      same(await store.tombstone(idOf('old')), null);
      assert.ok((await store.tombstone(idOf('young'))) !== null, 'a tombstone that still holds is swept');
      assert.ok((await store.find(idOf('record'))) !== null, 'a record is swept');
    },
  },
];

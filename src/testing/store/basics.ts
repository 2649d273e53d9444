import assert from 'node:assert/strict';
import type { SessionRecord } from '../../store/contract.js';
import { has, isSize, same } from './assert.js';
import type { ContractCheck } from './check.js';
import { all, aRecord, idOf, owner } from './records.js';

export const basicChecks: readonly ContractCheck[] = [
  {
    title: 'gives null for what is not there',
    promise: 'Absent is not an error: find of an id that is not there gives null.',
    async run({ store }) {
      same(await store.find(idOf('absent')), null);
      same(await store.tombstone(idOf('absent')), null);
    },
  },
  {
    title: 'gives back what was created, whatever its data',
    promise: 'create keeps a new record; find gives it back as it was.',
    async run({ store, reopen }) {
      const data = JSON.parse('{"__proto__":{"x":1},"ключ":["ü",null,1.5,{"":""}],"constructor":"c"}');
      const user = owner('u 1', 'Jürgen/..');
      const record = aRecord('a', { user, remember: true, origin: idOf('before'), data });
      same(await store.create(record), 'created');
      for (const reader of [store, await reopen()]) {
        const found = await reader.find(record.id);
        same(found, record);
        assert.ok(Object.keys(found?.data ?? {}).includes('__proto__'), 'the key __proto__ is lost');
      }
    },
  },
  {
    title: 'keeps a record of a megabyte',
    promise: 'create keeps a new record; find gives it back as it was.',
    async run({ store, reopen }) {
      const record = aRecord('a', { data: { text: 'ü"\\\n'.repeat(250_000) } });
      same(await store.create(record), 'created');
      const again = await (await reopen()).find(record.id);
      assert.ok(again?.data.text === record.data.text, 'the text of a megabyte came back otherwise');
      has(await store.update(record.id, (now) => ({ ...now, seen: 42 })), { revision: 2, seen: 42 });
      const removal = await store.delete(record.id);
      same([removal.removed, removal.record?.data.text === record.data.text], [true, true]);
      isSize(removal.bytes);
    },
  },
  {
    title: 'shows each handle at once what another wrote',
    promise:
      'A store may be open in several processes: each reads what the others have written, without a copy of before.',
    async run({ store, reopen }) {
      const other = await reopen();
      same(await other.find(idOf('a')), null);
      await store.create(aRecord('a'));
      same(await other.find(idOf('a')), aRecord('a'));
      await other.update(idOf('a'), (now) => ({ ...now, data: { x: 1 } }));
      has(await store.find(idOf('a')), { data: { x: 1 }, revision: 2 });
      await store.delete(idOf('a'));
      same(await other.find(idOf('a')), null);
    },
  },
  {
    title: 'never overwrites by creating',
    promise: 'create never overwrites; exists: the id is taken.',
    async run({ store }) {
      await store.create(aRecord('a', { data: { first: true } }));
      same(await store.create(aRecord('a', { data: { second: true } })), 'exists');
      has(await store.find(idOf('a')), { data: { first: true } });
    },
  },
  {
    title: 'creates once, however many try at once (I1)',
    promise: 'create never overwrites; exists: the id is taken.',
    async run({ store, reopen }) {
      const other = await reopen();
      const tries = [store, other, store, other].map((each) => each.create(aRecord('a')));
      same((await Promise.all(tries)).sort(), ['created', 'exists', 'exists', 'exists']);
    },
  },
  {
    title: 'hands in and out copies',
    promise:
      'Values are copies. A caller may change what it passed in or got back: the store does not change.',
    async run({ store }) {
      const record = aRecord('a', { data: { list: [1] } });
      const spoil = (some: SessionRecord | null) => ((some as SessionRecord).data.list as number[]).push(666);
      await store.create(record);
      spoil(record);
      spoil(await store.find(record.id));
      await store.update(record.id, (current) => {
        spoil(current);
        return null;
      });
      has(await store.find(record.id), { data: { list: [1] } });
      const list = [1, 2];
      spoil(await store.update(record.id, (current) => ({ ...current, data: { list } })));
      spoil({ ...record, data: { list } });
      for (const entry of await all(store.scan())) spoil(entry.record);
      has(await store.find(record.id), { data: { list: [1, 2] } });
    },
  },
  {
    title: 'says where it is, and closes more than once',
    promise: 'location is where the store is, as a person would name it: file:/var/lib/app/sessions.',
    async run({ store }) {
      assert.match(store.location, /^[a-z][a-z0-9+.-]*:/, 'location does not begin with a scheme');
      await store.close();
      await store.close();
    },
  },
];

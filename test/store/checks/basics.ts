import { expect } from 'vitest';
import type { SessionRecord } from '../../../src/store/contract.js';
import { all, aRecord, idOf, owner } from '../../aid/records.js';
import type { StoreCheck } from '../contract.js';

const BAD_IDS: readonly unknown[] = [
  '',
  'abcd',
  '0'.repeat(31),
  '0'.repeat(33),
  'ABCDEF0123456789ABCDEF0123456789',
  `${'0'.repeat(32)}\n`,
  '../../../../../../../../etc/passw',
  `${'0'.repeat(30)}/.`,
  `${'0'.repeat(31)}\0`,
  `${'0'.repeat(31)}*`,
  null,
  undefined,
  1.2345678901234567e31,
  ['0'.repeat(32)],
  { toString: () => '0'.repeat(32) },
];

export const basicChecks: readonly StoreCheck[] = [
  {
    name: 'gives null for what is not there',
    async run({ store }) {
      expect(await store.find(idOf('absent'))).toBeNull();
      expect(await store.tombstone(idOf('absent'))).toBeNull();
    },
  },
  {
    name: 'gives back what was created, whatever its data',
    async run({ store, sibling }) {
      const data = JSON.parse('{"__proto__":{"x":1},"ключ":["ü",null,1.5,{"":""}],"constructor":"c"}');
      const record = aRecord('a', { user: owner('u 1', 'Jürgen/..'), remember: true, data });
      expect(await store.create(record)).toBe('created');
      for (const reader of [store, sibling()]) {
        const found = await reader.find(record.id);
        expect(found).toStrictEqual(record);
        expect(Object.keys(found?.data ?? {})).toContain('__proto__');
      }
    },
  },
  {
    name: 'never overwrites by creating',
    async run({ store }) {
      await store.create(aRecord('a', { data: { first: true } }));
      expect(await store.create(aRecord('a', { data: { second: true } }))).toBe('exists');
      expect((await store.find(idOf('a')))?.data).toEqual({ first: true });
    },
  },
  {
    name: 'creates once, however many try at once (I1)',
    async run({ store, sibling }) {
      const other = sibling();
      const tries = [store, other, store, other].map((each) => each.create(aRecord('a')));
      expect((await Promise.all(tries)).sort()).toEqual(['created', 'exists', 'exists', 'exists']);
    },
  },
  {
    name: 'hands in and out copies',
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
      expect((await store.find(record.id))?.data).toEqual({ list: [1] });
      const list = [1, 2];
      spoil(await store.update(record.id, (current) => ({ ...current, data: { list } })));
      spoil({ ...record, data: { list } });
      for (const entry of await all(store.scan())) spoil(entry.record);
      expect((await store.find(record.id))?.data).toEqual({ list: [1, 2] });
    },
  },
  {
    name: 'refuses what it could not give back, and keeps what it has',
    async run({ store }) {
      const broken = { expires: Number.NaN };
      await expect(store.create(aRecord('new', broken))).rejects.toThrow(TypeError);
      expect(await store.find(idOf('new'))).toBeNull();
      const record = aRecord('a');
      await store.create(record);
      await expect(store.update(record.id, (now) => ({ ...now, ...broken }))).rejects.toThrow(TypeError);
      await expect(store.update(record.id, (now) => ({ ...now, id: idOf('b') }))).rejects.toThrow(TypeError);
      expect(await store.find(record.id)).toEqual(record);
      expect(await store.find(idOf('b'))).toBeNull();
    },
  },
  {
    name: 'checks every id before it uses it (I6)',
    async run({ store }) {
      await store.create(aRecord('a'));
      for (const bad of BAD_IDS as readonly string[]) {
        const change = () => expect.unreachable('nothing has this id');
        await expect(store.find(bad)).rejects.toThrow(TypeError);
        await expect(store.create({ ...aRecord('x'), id: bad })).rejects.toThrow(TypeError);
        await expect(store.update(bad, change)).rejects.toThrow(TypeError);
        await expect(store.delete(bad, { when: change })).rejects.toThrow(TypeError);
        await expect(store.delete(bad)).rejects.toThrow(TypeError);
        await expect(store.tombstone(bad)).rejects.toThrow(TypeError);
      }
      expect(await all(store.scan())).toHaveLength(1);
    },
  },
  {
    name: 'says where it is, and closes more than once',
    async run({ store }) {
      expect(store.location).toMatch(/^[a-z]+:/);
      await store.close();
      await store.close();
    },
  },
];

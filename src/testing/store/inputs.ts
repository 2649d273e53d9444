import assert from 'node:assert/strict';
import type { SessionRecord } from '../../store/contract.js';
import { refuses, same } from './assert.js';
import type { ContractCheck } from './check.js';
import { all, aRecord, idOf } from './records.js';

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

/** Fields that make a record that no store could give back. */
const UNSTORABLE: readonly object[] = [
  { expires: Number.NaN },
  { kind: 'nobody' },
  { kind: 'user' },
  { user: { id: 'u' }, kind: 'user' },
  { data: null },
  { data: { n: 1n } },
];

export const inputChecks: readonly ContractCheck[] = [
  {
    title: 'refuses what it could not give back, and keeps what it has',
    promise:
      'A value that the store could not give back as a record is refused with a TypeError (storable does it).',
    async run({ store }) {
      const record = aRecord('a');
      await store.create(record);
      for (const broken of UNSTORABLE as readonly Partial<SessionRecord>[]) {
        const what = `a record with the field ${Object.keys(broken)[0]} broken`;
        await refuses(store.create({ ...aRecord('new'), ...broken }), what);
        same(await store.find(idOf('new')), null);
        await refuses(
          store.update(record.id, (now) => ({ ...now, ...broken })),
          what,
        );
      }
      await refuses(
        store.update(record.id, (now) => ({ ...now, id: idOf('b') })),
        'a record of another id',
      );
      same(await store.find(record.id), record);
      same(await store.find(idOf('b')), null);
    },
  },
  {
    title: 'checks every id before it uses it (I6)',
    promise:
      'Ids are checked: 32 lower-case hex digits, or a TypeError before any path or key is made of it (assertSessionId).',
    async run({ store }) {
      await store.create(aRecord('a'));
      const change = () => assert.fail('a change is asked for, and nothing has this id');
      for (const bad of BAD_IDS as readonly string[]) {
        const what = `the id ${JSON.stringify(bad)}`;
        await refuses(store.find(bad), `find of ${what}`);
        await refuses(store.create({ ...aRecord('x'), id: bad }), `create of ${what}`);
        await refuses(store.update(bad, change), `update of ${what}`);
        await refuses(store.delete(bad, { when: change }), `delete of ${what}, if …`);
        await refuses(store.delete(bad), `delete of ${what}`);
        await refuses(store.tombstone(bad), `tombstone of ${what}`);
      }
      same((await all(store.scan())).length, 1);
    },
  },
];

import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { UnreadableRecordError } from '../../src/base/errors.js';
import { SessionAdmin } from '../../src/session/admin/admin.js';
import { MemoryStore } from '../../src/store/memory.js';
import { storable } from '../../src/store/record.js';
import { all, aRecord, idOf, owner } from '../aid/records.js';
import { edited, target } from './target.js';

const ID = idOf('a');
const NOW = 3_000_000;

const values = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
const wellMade = fc
  .record({ user: fc.constantFrom(owner('u'), null), data: values, expires: fc.integer() })
  .map(({ user, data, expires }) => ({
    ...aRecord('a'),
    kind: user ? 'user' : 'anonymous',
    user,
    data,
    expires,
  }));

/** A good record but for some fields that hold anything. */
const spoilt = fc
  .tuple(
    wellMade,
    fc.dictionary(fc.constantFrom(...Object.keys(aRecord('a')), '__proto__'), fc.jsonValue(), { maxKeys: 2 }),
  )
  .map(([record, fields]) => JSON.stringify({ ...record, ...fields }));

/** The bytes of a record: it is read whole or listed as unreadable, and then never changed or purged (I4). */
export const records = target<string>({
  name: 'records',
  share: 0.48,
  input: fc.oneof(
    spoilt,
    edited(wellMade.map((record) => JSON.stringify(record))),
    fc.string({ unit: 'binary' }),
  ),
  kept: [
    '',
    'null',
    '[]',
    '"x"',
    '{"version":1}',
    '\ufeff{}',
    JSON.stringify({ ...aRecord('a'), expires: 8.64e15 + 1 }),
  ],
  async check(text) {
    const store = new MemoryStore();
    const admin = new SessionAdmin({ store, clock: () => NOW });
    store.putBytes(ID, text);
    const [info] = await all(admin.list());
    strictEqual(info?.id, ID);
    JSON.stringify(info);
    const record = await store.find(ID).catch((error: unknown) => error);
    if (record instanceof UnreadableRecordError) {
      strictEqual(info.state, 'unreadable');
      strictEqual((await admin.purge({ state: 'expired' })).removed, 0);
      strictEqual((await admin.expire({ all: true })).expired, 0);
      strictEqual((await all(store.scan())).length, 1);
    } else {
      deepStrictEqual(storable(ID, record as never).record, record);
      await admin.get(ID);
      await admin.expire({ all: true });
      strictEqual((await admin.purge({ all: true })).removed, 1);
    }
  },
});

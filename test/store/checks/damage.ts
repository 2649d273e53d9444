import { expect } from 'vitest';
import { UnreadableRecordError } from '../../../src/base/errors.js';
import { all, aRecord, idOf, idsIn, increment, owner } from '../../aid/records.js';
import type { StoreCheck } from '../contract.js';

const NEWER = JSON.stringify({ ...aRecord('a', { user: owner('u') }), version: 2 });

/** A record as the first version of this library wrote it: every later one must read it. Not made from today's types. */
const FIRST = `{"version":1,"id":"${idOf('a')}","kind":"user","user":{"id":"u","name":"Ursula","method":"moin_login"},
"created":1000,"seen":2000,"cookieExpires":3000,"expires":3603000,"revision":2,"remember":true,"ended":null,"data":{"cart":["tea"]}}`;

/** A record with a value of so many levels. */
function nested(levels: number): string {
  const text = JSON.stringify(aRecord('a', { user: owner('u'), data: { deep: 'here' } }));
  return text.replace('"here"', '['.repeat(levels) + ']'.repeat(levels));
}

/** Bytes that are no session, and a word of why. */
const DAMAGED: readonly (readonly [text: string, reason: RegExp])[] = [
  ['', /empty/],
  [JSON.stringify(aRecord('a', { user: owner('u') })).slice(0, -20), /beginning/],
  ['\0\u0001\ufffd', /not JSON/],
  ['null', /not a JSON object/],
  ['[]', /not a JSON object/],
  ['{}', /version/],
  [NEWER, /version 2, newer than 1.*upgrade/],
  [JSON.stringify(aRecord('b')), /another id/],
  [JSON.stringify({ ...aRecord('a'), expires: 'S3cret' }), /expires/],
  [JSON.stringify({ ...aRecord('a'), kind: 'user' }), /user/],
  [JSON.stringify({ ...aRecord('a'), client: 'S3cret' }), /client/],
  [JSON.stringify({ ...aRecord('a'), client: { address: 1, userAgent: null, url: null } }), /client/],
  [JSON.stringify({ ...aRecord('a'), ended: { at: 1, by: 'user', reason: ['S3cret'] } }), /ended/],
  [JSON.stringify({ ...aRecord('a'), data: 'S3cret' }), /data/],
  [nested(1001), /nested deeper than the 1000 levels/],
  [nested(20_000), /nested deeper than the 1000 levels/],
];

export const damageChecks: readonly StoreCheck[] = [
  {
    name: 'reads a record of the first version, and gives what it would write of it today',
    async run({ store, sibling, putBytes }) {
      await putBytes(idOf('a'), FIRST);
      const found = await store.find(idOf('a'));
      expect(found).toMatchObject(JSON.parse(FIRST));
      const renewed = await store.update(idOf('a'), (current) => current);
      expect(renewed).toEqual({ ...found, revision: 3 });
      expect(await sibling().find(idOf('a'))).toEqual(renewed);
      expect(Object.keys(renewed ?? {}).sort()).toEqual(Object.keys(aRecord('a')).sort());
    },
  },
  {
    name: 'says of a damaged record that it is unreadable and why, quoting nothing (I4)',
    async run({ store, putBytes }) {
      for (const [text, reason] of DAMAGED) {
        await putBytes(idOf('a'), text);
        const found = await store.find(idOf('a')).catch((error: unknown) => error);
        expect(found).toBeInstanceOf(UnreadableRecordError);
        expect(found).toMatchObject({ id: idOf('a'), reason: expect.stringMatching(reason) });
        expect(String(found)).not.toContain('S3cret');
      }
    },
  },
  {
    name: 'never overwrites or deletes a damaged record unasked (I4)',
    async run({ store, putBytes }) {
      const unasked = () => expect.unreachable('it cannot be asked about');
      for (const [text] of DAMAGED) {
        await putBytes(idOf('a'), text);
        await expect(store.update(idOf('a'), unasked)).rejects.toThrow(UnreadableRecordError);
        expect(await store.create(aRecord('a'))).toBe('exists');
        const kept = await store.delete(idOf('a'), { when: unasked });
        expect(kept).toEqual({ removed: false, record: null, bytes: Buffer.byteLength(text) });
        await all(store.findByUser('u'));
        await store.sweep(Number.MAX_SAFE_INTEGER);
        expect(await all(store.scan())).toEqual([
          { id: idOf('a'), bytes: Buffer.byteLength(text), record: null, unreadable: expect.any(String) },
        ]);
      }
    },
  },
  {
    name: 'deletes a damaged record when told to (I4)',
    async run({ store, putBytes }) {
      for (const [text] of DAMAGED) {
        await putBytes(idOf('a'), text);
        const gone = await store.delete(idOf('a'));
        expect(gone).toEqual({ removed: true, record: null, bytes: Buffer.byteLength(text) });
        expect(await store.find(idOf('a'))).toBeNull();
        expect(await all(store.scan())).toEqual([]);
      }
      expect(await store.create(aRecord('a'))).toBe('created');
    },
  },
  {
    name: 'reads what was nested as deep as may be written, and writes nothing deeper (I4)',
    async run({ store, putBytes }) {
      await putBytes(idOf('a'), nested(1000));
      expect(await store.update(idOf('a'), increment)).toMatchObject({ revision: 2 });
      const tooDeep = JSON.parse(nested(1001));
      await expect(store.update(idOf('a'), () => tooDeep)).rejects.toThrow(TypeError);
      await expect(store.create({ ...JSON.parse(nested(20_000)), id: idOf('b') })).rejects.toThrow(
        /nested deeper than the 1000 levels/,
      );
      expect(await store.find(idOf('a'))).toMatchObject({ revision: 2 });
      expect(await store.find(idOf('b'))).toBeNull();
    },
  },
  {
    name: 'a damaged record harms no other (I4)',
    async run({ store, putBytes }) {
      for (const name of ['a', 'b', 'c'])
        await store.create(aRecord(name, { user: owner('u'), expires: 500 }));
      await putBytes(idOf('a'), '{"version":1,');
      expect(await idsIn(store.scan())).toEqual(['a', 'b', 'c'].map(idOf).sort());
      expect(await idsIn(store.findByUser('u'))).toEqual(['b', 'c'].map(idOf).sort());
      const named = await all(store.expiryCandidates(1000));
      expect(named).toEqual(expect.arrayContaining(['b', 'c'].map(idOf)));
      expect(await store.update(idOf('b'), increment)).toMatchObject({ revision: 2 });
      expect((await store.delete(idOf('c'))).removed).toBe(true);
      expect(await idsIn(store.scan())).toEqual(['a', 'b'].map(idOf).sort());
    },
  },
];

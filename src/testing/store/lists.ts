import assert from 'node:assert/strict';
import type { SessionRecord } from '../../store/contract.js';
import { has, isSize, refuses, same } from './assert.js';
import type { ContractCheck } from './check.js';
import { all, aRecord, idOf, idsIn, idsOf, owner } from './records.js';

const ODD_USERS = [
  '',
  '../../x',
  '__proto__',
  'a/b\\c:*',
  'é\u0000\n',
  'u'.repeat(5000),
  'u1',
  'u10',
  'U1',
  'u\ud800',
  'u\ud801',
];

const BY_USER = 'findByUser gives the records of one user, by user id.';

export const listChecks: readonly ContractCheck[] = [
  {
    title: 'scans every record once, with its size',
    promise: 'scan gives every record, one at a time, each with its stored size.',
    async run({ store }) {
      same(await all(store.scan()), []);
      const records = Array.from({ length: 300 }, (_, n) => aRecord(n, { data: { n } }));
      for (const record of records) await store.create(record);
      const entries = await all(store.scan());
      same(entries.map(({ id }) => id).sort(), records.map(({ id }) => id).sort());
      const byId = new Map(records.map((record) => [record.id, record]));
      for (const { id, bytes, record } of entries) {
        same(record, byId.get(id));
        isSize(bytes);
        assert.ok(bytes > 0, 'the size is 0');
      }
    },
  },
  {
    title: 'scans the records whose id begins with a prefix, and refuses what could begin none (I6)',
    promise:
      'With prefix (hex digits), scan gives the records whose ids begin with it (assertIdPrefix checks it).',
    async run({ store }) {
      const records = Array.from({ length: 40 }, (_, n) => aRecord(n));
      for (const record of records) await store.create(record);
      const whole = idOf(7);
      for (const length of [0, 1, 2, 3, 4, 31, 32]) {
        const prefix = whole.slice(0, length);
        const meant = records.map(({ id }) => id).filter((id) => id.startsWith(prefix));
        same(await idsIn(store.scan({ prefix })), meant.sort());
      }
      same(await all(store.scan({ prefix: idOf('absent') })), []);
      for (const prefix of ['..', 'AB', 'a/', '%', '_', '*', 'a'.repeat(33)])
        await refuses(all(store.scan({ prefix })), `scan of the prefix ${JSON.stringify(prefix)}`);
    },
  },
  {
    title: 'names every record that has expired by then, also after its time was changed (I5)',
    promise: 'expiryCandidates gives the ids of all records that may have expired by `at`.',
    async run({ store }) {
      await store.create(aRecord('exact', { expires: 1_700_000_000_123 }));
      await store.create(aRecord('earlier', { expires: 1_700_000_000_122 }));
      await store.create(aRecord('moved', { expires: 1_800_000_000_000 }));
      await store.update(idOf('moved'), (now) => ({ ...now, expires: 1_600_000_000_000 }));
      const named = await all(store.expiryCandidates(1_700_000_000_123));
      same(named.sort(), idsOf('exact', 'earlier', 'moved'));
    },
  },
  {
    title: 'finds the sessions of a user, by id and not by name',
    promise: BY_USER,
    async run({ store, reopen }) {
      const other = await reopen();
      await store.create(aRecord('anonymous'));
      for (const [n, id] of ODD_USERS.entries()) {
        await store.create(aRecord(`a${n}`, { user: owner(id, 'Same') }));
        await store.create(aRecord(`b${n}`, { user: owner(id, 'Same') }));
      }
      for (const [n, id] of ODD_USERS.entries())
        same(await idsIn(other.findByUser(id)), idsOf(`a${n}`, `b${n}`), `of the user ${JSON.stringify(id)}`);
      same(await all(store.findByUser('Same')), []);
    },
  },
  {
    title: 'finds a user who logged in later, changed or left',
    promise: BY_USER,
    async run({ store }) {
      const become = (id: string | null) =>
        store.update(idOf('a'), (now) => ({
          ...now,
          kind: id === null ? 'anonymous' : 'user',
          user: id === null ? null : owner(id),
        }));
      await store.create(aRecord('a'));
      const updated = await become('u1');
      const [entry, ...others] = await all(store.findByUser('u1'));
      same(others, []);
      has(entry, { id: idOf('a'), record: updated });
      isSize(entry?.bytes);
      await become('u2');
      same(await all(store.findByUser('u1')), []);
      same(await idsIn(store.findByUser('u2')), [idOf('a')]);
      await become(null);
      same(await all(store.findByUser('u2')), []);
      await become('u1');
      await store.delete(idOf('a'));
      same(await all(store.findByUser('u1')), []);
    },
  },
  {
    title: 'finds all living sessions of a user with a long history, and with past the whole history',
    promise: 'Records of sessions that ended or expired may be missing, unless past asks for them as well.',
    async run({ store, reopen }) {
      const user = owner('u');
      const end = (now: SessionRecord): SessionRecord => ({
        ...now,
        ended: { at: 1, by: 'user' },
        expires: 1,
      });
      const names = Array.from({ length: 60 }, (_, n) => n);
      for (const n of names) {
        await store.create(aRecord(n, { user }));
        if (n % 10 !== 0) await store.update(idOf(n), end);
      }
      const other = await reopen();
      same(await idsIn(other.findByUser('u', { past: true })), idsOf(...names));
      const found = await idsIn(other.findByUser('u'));
      const living = idsOf(...names.filter((n) => n % 10 === 0));
      same(
        living.filter((id) => !found.includes(id)),
        [],
        'living sessions that are not found',
      );
    },
  },
];

import type { SessionClient, SessionRecord, Tombstone } from '../../store/contract.js';
import { has, same } from './assert.js';
import type { ContractCheck } from './check.js';
import { all, aRecord, idOf, idsIn, idsOf, owner } from './records.js';

const CLIENT: SessionClient = { address: '2001:db8::7', userAgent: 'Netscape', url: '/wiki' };
const ENDED: SessionRecord['ended'] = {
  at: 1_500_000,
  by: 'administrator',
  reason: 'asked for by telephone',
};

export const endedChecks: readonly ContractCheck[] = [
  {
    title: 'keeps a session that was ended, by whom, when and why, and its client',
    promise: 'create keeps a new record; find gives it back as it was.',
    async run({ store, reopen }) {
      const other = await reopen();
      const record = aRecord('a', { user: owner('u'), client: CLIENT });
      same(await store.create(record), 'created');
      // Both have seen it before.
      for (const reader of [store, other]) same(await reader.find(record.id), record);
      await store.update(record.id, (current) => ({ ...current, expires: 500, ended: ENDED }));
      const ended = { ...record, expires: 500, ended: ENDED, revision: 2 };
      for (const reader of [store, other]) {
        same(await reader.find(record.id), ended);
        same(
          (await all(reader.scan())).map((entry) => entry.record),
          [ended],
        );
        same(await idsIn(reader.findByUser('u', { past: true })), idsOf('a'));
        same(await all(reader.expiryCandidates(1000)), idsOf('a'));
      }
      has(await other.update(record.id, (current) => ({ ...current, seen: 7 })), {
        ended: ENDED,
        revision: 3,
      });
      has(await store.delete(record.id, { when: (current) => current.ended !== null }), { removed: true });
    },
  },
  {
    title: 'leaves a tombstone that is there when a delete brings none (I2)',
    promise: 'tombstone: until `until` a create of this id answers gone, even if there was no record.',
    async run({ store }) {
      const tombstone: Tombstone = { reason: 'logout', at: 1_000_000, until: 2_000_000 };
      await store.create(aRecord('a'));
      await store.delete(idOf('a'), { tombstone });
      await store.delete(idOf('a'));
      same(await store.tombstone(idOf('a')), tombstone);
      same(await store.create(aRecord('a')), 'gone');
    },
  },
];

import type { SessionStore } from '../../store/contract.js';
import { same } from './assert.js';
import type { ContractCheck } from './check.js';
import { all, aRecord, idsOf, owner } from './records.js';

/** More than a page, for a store that reads its lists in pages of 100. */
const MANY = Array.from({ length: 110 }, (_, n) => n);

const LISTS_ON =
  'A list gives each record that is there from its beginning to its end, also while the caller deletes what it was given.';

export const listAndDeleteChecks: readonly ContractCheck[] = [
  {
    title: 'scans on while what it showed is deleted',
    promise: LISTS_ON,
    async run({ store }) {
      for (const n of MANY) await store.create(aRecord(n));
      same(await deleteEach(store, idsOfEntries(store.scan())), idsOf(...MANY));
      same(await all(store.scan()), []);
    },
  },
  {
    title: 'names on what has expired while it is deleted (I5)',
    promise: LISTS_ON,
    async run({ store, reopen }) {
      for (const n of MANY) await store.create(aRecord(n, { expires: 500 }));
      same(await deleteEach(await reopen(), store.expiryCandidates(500)), idsOf(...MANY));
      same(await all(store.scan()), []);
    },
  },
  {
    title: 'finds on the sessions of a user while they are deleted',
    promise: LISTS_ON,
    async run({ store, reopen }) {
      const user = owner('u');
      for (const n of MANY) await store.create(aRecord(n, { user }));
      same(await deleteEach(await reopen(), idsOfEntries(store.findByUser(user.id))), idsOf(...MANY));
      same(await all(store.scan()), []);
    },
  },
];

async function* idsOfEntries(entries: AsyncIterable<{ id: string }>): AsyncGenerator<string> {
  for await (const { id } of entries) yield id;
}

/** Deletes each record before it asks for the next one. Gives the ids of what was deleted. */
async function deleteEach(store: SessionStore, ids: AsyncIterable<string>): Promise<string[]> {
  const deleted: string[] = [];
  for await (const id of ids) if ((await store.delete(id)).removed) deleted.push(id);
  return deleted.sort();
}

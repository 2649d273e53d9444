import assert from 'node:assert/strict';
import type { Removal, SessionRecord, SessionStore, Tombstone } from '../../store/contract.js';
import { same } from './assert.js';
import type { ContractCheck } from './check.js';
import { aRecord, idOf } from './records.js';

const TOMBSTONE: Tombstone = { reason: 'logout', at: 1_000_000, until: 2_000_000 };
const ROUNDS = 10;

const isExpired = ({ expires }: SessionRecord) => expires <= 1000;
const refresh = (now: SessionRecord): SessionRecord => ({ ...now, expires: 9000 });

/** What two handles of one store may do to each other's calls. */
export const raceChecks: readonly ContractCheck[] = [
  {
    title: 'a purge spares what is refreshed while it decides (I5)',
    promise:
      'when runs on the record as it is at that moment, alone for this id among all processes and machines.',
    async run({ store, reopen }) {
      const other = await reopen();
      for (let n = 0; n < ROUNDS; n++) {
        await store.create(aRecord(n, { expires: 500 }));
        const [removal, refreshed] = await Promise.all([
          store.delete(idOf(n), { when: isExpired }),
          later(n, () => other.update(idOf(n), refresh)),
        ]);
        await isEither(store, removal, refreshed);
      }
      await store.create(aRecord('asked', { expires: 500 }));
      let refreshing: Promise<SessionRecord | null> | undefined;
      const when = (now: SessionRecord) => {
        refreshing ??= later(1, () => other.update(idOf('asked'), refresh));
        return isExpired(now);
      };
      await isEither(store, await store.delete(idOf('asked'), { when }), (await refreshing) ?? null);
    },
  },
  {
    title: 'lets no record in between a delete and its tombstone (I2, I3)',
    promise: 'The record goes and the tombstone comes in one step: no create in between succeeds.',
    async run({ store, reopen }) {
      const other = await reopen();
      for (let n = 0; n < ROUNDS; n++) {
        await store.create(aRecord(n));
        const [{ removed }, outcomes] = await Promise.all([
          store.delete(idOf(n), { tombstone: TOMBSTONE }),
          createOften(other, n),
        ]);
        same(removed, true);
        assert.ok(!outcomes.includes('created'), 'a record is created before the tombstone is there');
        same(await store.find(idOf(n)), null);
      }
    },
  },
];

/** Runs something after `turns` turns of the microtasks. */
async function later<T>(turns: number, run: () => Promise<T>): Promise<T> {
  for (let turn = 0; turn < turns; turn++) await null;
  return run();
}

/** Of a purge and a refresh at the same time, one comes first, and the other one sees what it did. */
async function isEither(
  store: SessionStore,
  removal: Removal,
  refreshed: SessionRecord | null,
): Promise<void> {
  const { id } = removal.record ?? refreshed ?? assert.fail('neither call saw the record');
  const isRefreshed = refreshed !== null;
  assert.ok(!(removal.removed && isRefreshed), 'the record was refreshed, and removed all the same');
  same([removal.removed, await store.find(id)], [!isRefreshed, refreshed]);
}

/** Tries a number of times, one after the other, to create the record. */
async function createOften(store: SessionStore, name: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let attempt = 0; attempt < 20; attempt++) outcomes.push(await store.create(aRecord(name)));
  return outcomes;
}

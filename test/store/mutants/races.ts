import type { SessionRecord, StoreEntry } from '../../../src/store/contract.js';
import type { Mutant } from '../mutants.js';

const PAGE = 100;

/** Stores that are wrong only when another call comes in between, or where one of two answers must win. */
export const brokenRaces: readonly Mutant[] = [
  {
    name: 'a scan in pages that counts what is left',
    caughtBy: 'scans on while what it showed is deleted',
    broken: (sound) => ({ scan: () => byOffset(() => sound.scan()) }),
  },
  {
    name: 'expiry candidates in pages that count what is left',
    caughtBy: 'names on what has expired while it is deleted (I5)',
    broken: (sound) => ({ expiryCandidates: (at) => byOffset(() => sound.expiryCandidates(at)) }),
  },
  {
    name: 'a list of a user in pages that count what is left',
    caughtBy: 'finds on the sessions of a user while they are deleted',
    broken: (sound) => ({ findByUser: (userId) => byOffset<StoreEntry>(() => sound.findByUser(userId)) }),
  },
  {
    name: 'a delete that looks, waits, and then asks its condition',
    caughtBy: 'a purge spares what is refreshed while it decides (I5)',
    broken: (sound) => ({
      async delete(id, { when, ...options } = {}) {
        const record = when ? await sound.find(id).catch(() => null) : null;
        if (record && when && !when(record)) return { removed: false, record, bytes: 0 };
        return sound.delete(id, options);
      },
    }),
  },
  {
    name: 'a delete that asks its condition before it takes the lock',
    caughtBy: 'a purge spares what is refreshed while it decides (I5)',
    broken: (sound) => ({
      async delete(id, { when, ...options } = {}) {
        const asked: { record: SessionRecord | null } = { record: null };
        await sound.update(id, (record) => {
          if (when?.(record) === false) asked.record = record;
          return null;
        });
        await null;
        await null;
        return asked.record ? { removed: false, record: asked.record, bytes: 0 } : sound.delete(id, options);
      },
    }),
  },
  {
    name: 'a delete that takes a condition which throws for true',
    caughtBy: 'passes on what a condition throws, keeps the record, and goes on (I5)',
    broken: (sound) => ({
      async delete(id, options = {}) {
        try {
          return await sound.delete(id, options);
        } catch (error) {
          if (error instanceof RangeError) await sound.delete(id);
          throw error;
        }
      },
    }),
  },
  {
    name: 'a delete that writes its tombstone in a second step',
    caughtBy: 'lets no record in between a delete and its tombstone (I2, I3)',
    broken: (sound) => ({
      async delete(id, { tombstone, ...options } = {}) {
        const removal = await sound.delete(id, options);
        const isKept = !removal.removed && removal.record !== null;
        if (tombstone && !isKept) await sound.delete(id, { tombstone, keepUnreadable: true });
        return removal;
      },
    }),
  },
  {
    name: 'a delete that keeps the tombstone which was there first',
    caughtBy: 'answers gone for as long as the later tombstone says (I2)',
    broken: (sound) => ({
      async delete(id, { tombstone, ...options } = {}) {
        const isFirst = tombstone && (await sound.tombstone(id)) === null;
        return sound.delete(id, isFirst ? { ...options, tombstone } : options);
      },
    }),
  },
];

/** A list in pages, each of which skips as many of what is there as were given so far. */
async function* byOffset<T>(list: () => AsyncIterable<T>): AsyncGenerator<T> {
  for (let given = 0; ; given += PAGE) {
    const rows: T[] = [];
    for await (const row of list()) rows.push(row);
    const page = rows.slice(given, given + PAGE);
    yield* page;
    if (page.length < PAGE) return;
  }
}

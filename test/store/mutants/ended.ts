import type { SessionRecord } from '../../../src/store/contract.js';
import type { Mutant } from '../mutants.js';

const KEPT = 'keeps a session that was ended, by whom, when and why, and its client';

/** Stores that are wrong about what has ended. */
export const brokenEnds: readonly Mutant[] = [
  {
    name: 'an update that forgets who ended a session',
    caughtBy: KEPT,
    broken: (sound) => ({
      update: (id, change) =>
        sound.update(id, (current) => {
          const changed = change(current);
          return changed && { ...changed, ended: null };
        }),
    }),
  },
  {
    name: 'a find that hides ended sessions',
    caughtBy: KEPT,
    broken: (sound) => ({
      async find(id) {
        const record = await sound.find(id);
        return record?.ended ? null : record;
      },
    }),
  },
  {
    name: 'a create that drops the client',
    caughtBy: KEPT,
    broken: (sound) => ({ create: (record) => sound.create({ ...record, client: null }) }),
  },
  {
    name: 'a find that remembers what it found',
    caughtBy: KEPT,
    broken(sound) {
      const found = new Map<string, SessionRecord>();
      return {
        async find(id) {
          const record = found.get(id) ?? (await sound.find(id));
          if (record !== null) found.set(id, record);
          return record;
        },
      };
    },
  },
  {
    name: 'a plain delete that takes a tombstone away',
    caughtBy: 'leaves a tombstone that is there when a delete brings none (I2)',
    broken(sound) {
      const taken = new Set<string>();
      return {
        delete(id, options = {}) {
          if (options.tombstone === undefined) taken.add(id);
          return sound.delete(id, options);
        },
        tombstone: async (id) => (taken.has(id) ? null : sound.tombstone(id)),
      };
    },
  },
];

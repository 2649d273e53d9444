import type { SessionRecord, SessionStore, Tombstone } from '../../../src/store/contract.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import type { Mutant } from '../mutants.js';

/** Stores that read, delete and list wrongly. */
export const brokenReadsAndDeletes: readonly Mutant[] = [
  {
    name: 'a find that remembers that nothing was there',
    caughtBy: 'shows each handle at once what another wrote',
    broken: (sound) => {
      const absent = new Set<string>();
      return {
        async find(id) {
          const found = absent.has(id) ? null : await sound.find(id);
          if (found === null) absent.add(id);
          return found;
        },
      };
    },
  },
  {
    name: 'a tombstone that is handed out as it is kept',
    caughtBy: 'hands in and out copies of tombstones',
    broken: (sound) => {
      const kept = new Map<string, Tombstone>();
      return {
        delete(id, options) {
          if (options?.tombstone) kept.set(id, options.tombstone);
          return sound.delete(id, options);
        },
        tombstone: async (id) => kept.get(id) ?? sound.tombstone(id),
      };
    },
  },
  {
    name: 'a list of a user that forgets what is over, asked for it or not',
    caughtBy: 'finds all living sessions of a user with a long history, and with past the whole history',
    broken: (sound) => ({
      async *findByUser(userId) {
        for await (const entry of sound.findByUser(userId)) if (entry.record?.ended === null) yield entry;
      },
    }),
  },
  {
    name: 'a find that hands out live references',
    caughtBy: 'hands in and out copies',
    broken: (sound) => {
      const live = new Map<string, Awaited<ReturnType<SessionStore['find']>>>();
      return {
        async find(id) {
          if (!live.has(id)) live.set(id, await sound.find(id));
          return live.get(id) ?? null;
        },
      };
    },
  },
  {
    name: 'a find that takes a damaged record for none',
    caughtBy: 'says of a damaged record that it is unreadable and why, quoting nothing (I4)',
    broken: (sound) => ({ find: (id) => sound.find(id).catch(() => null) }),
  },
  {
    name: 'an update that deletes what it cannot read',
    caughtBy: 'never overwrites or deletes a damaged record unasked (I4)',
    broken: (sound) => ({
      update: (id, change) =>
        sound.update(id, change).catch(async (error: unknown) => {
          await sound.delete(id);
          throw error;
        }),
    }),
  },
  {
    name: 'a delete that ignores its condition',
    caughtBy: 'deletes only when what is there at that moment says so (I5)',
    broken: (sound) => ({ delete: (id, { tombstone } = {}) => sound.delete(id, tombstone && { tombstone }) }),
  },
  {
    name: 'a delete that removes what it cannot read, though told to keep it',
    caughtBy: 'leaves an unreadable record where it is when asked to, and a tombstone beside it (I4, S6)',
    broken: (sound) => ({
      delete: (id, { keepUnreadable: _, ...options } = {}) => sound.delete(id, options),
    }),
  },
  {
    name: 'a delete that leaves no tombstone beside what it cannot read',
    caughtBy: 'leaves an unreadable record where it is when asked to, and a tombstone beside it (I4, S6)',
    broken: (sound) => ({
      delete: (id, { tombstone, ...options } = {}) =>
        sound.delete(id, options.keepUnreadable ? options : { ...options, ...(tombstone && { tombstone }) }),
    }),
  },
  {
    name: 'a find that overlooks tombstones',
    caughtBy: 'opens nothing under an id that has a tombstone, whatever was put back under it (S6)',
    broken: (sound) => ({
      async find(id) {
        const found = await sound.find(id);
        if (found !== null) return found;
        for await (const { record } of sound.scan({ prefix: id })) return record;
        return null;
      },
    }),
  },
  {
    name: 'a create that keeps an old tombstone',
    caughtBy: 'forgets a tombstone whose time is over once the id has a record again',
    broken: (sound) => ({
      async create(record) {
        const tombstone = await sound.tombstone(record.id);
        const outcome = await sound.create(record);
        return tombstone !== null && outcome === 'created' ? putBack(sound, record, tombstone) : outcome;
      },
    }),
  },
  {
    name: 'a purge that decides by what it listed',
    caughtBy: 'a purge spares what was refreshed since it was listed (I5)',
    broken: (sound) => {
      const listed = new Set<string>();
      return {
        async *expiryCandidates(at) {
          for await (const id of sound.expiryCandidates(at)) {
            listed.add(id);
            yield id;
          }
        },
        delete: (id, options) => sound.delete(id, listed.has(id) ? {} : options),
      };
    },
  },
  {
    name: 'a delete that claims what another removed',
    caughtBy: 'removes a record once, however many purge at once (I5)',
    broken: (sound) => ({
      async delete(id, options) {
        const before = await sound.find(id);
        const removal = await sound.delete(id, options);
        return { ...removal, removed: before !== null && (options?.when?.(before) ?? true) };
      },
    }),
  },
  {
    name: 'a tombstone without a successor',
    caughtBy: 'a tombstone knows what took the place of its id, and no later tombstone covers that up (S6)',
    broken: (sound) => ({
      async tombstone(id) {
        const { successor: _, ...tombstone } = (await sound.tombstone(id)) ?? { until: null };
        return tombstone.until === null ? null : tombstone;
      },
    }),
  },
  {
    name: 'a delete that leaves no tombstone',
    caughtBy: 'answers gone while a tombstone holds (I2)',
    broken: (sound) => ({ delete: (id, { when } = {}) => sound.delete(id, when && { when }) }),
  },
  {
    name: 'a delete that leaves a tombstone only where a record was',
    caughtBy: 'leaves a tombstone where no record was (I2)',
    broken: (sound) => ({
      async delete(id, options = {}) {
        const absent = (await sound.find(id).catch(() => id)) === null;
        return sound.delete(id, absent ? {} : options);
      },
    }),
  },
  {
    name: 'a delete that forgets what was there',
    caughtBy: 'deletes, and tells what was there',
    broken: (sound) => ({
      delete: async (id, options) => ({ ...(await sound.delete(id, options)), record: null }),
    }),
  },
  {
    name: 'a delete that keeps what is damaged, asked or not',
    caughtBy: 'deletes a damaged record when told to (I4)',
    broken: (sound) => ({ delete: (id, options) => sound.delete(id, { when: () => true, ...options }) }),
  },
  {
    name: 'a sweep that takes every tombstone',
    caughtBy: 'sweeps tombstones whose time is over, and no other, and no record',
    broken: (sound) => ({ sweep: () => sound.sweep(Number.MAX_SAFE_INTEGER) }),
  },
  {
    name: 'a scan that hides what it cannot read',
    caughtBy: 'a damaged record harms no other (I4)',
    broken: (sound) => ({
      async *scan() {
        for await (const entry of sound.scan()) if (entry.record !== null) yield entry;
      },
    }),
  },
  {
    name: 'a scan that takes no notice of the prefix',
    caughtBy: 'scans the records whose id begins with a prefix, and refuses what could begin none (I6)',
    broken: (sound) => ({ scan: () => sound.scan() }),
  },
  {
    name: 'a scan that shows the first record twice',
    caughtBy: 'scans every record once, with its size',
    broken: (sound) => ({
      async *scan() {
        for await (const entry of sound.scan()) {
          yield entry;
          break;
        }
        yield* sound.scan();
      },
    }),
  },
  {
    name: 'a find that adds a field which an older record lacks, and an update that does not',
    caughtBy: 'reads a record of the first version, and gives what it would write of it today',
    broken: (sound) => ({
      async find(id) {
        const record = await sound.find(id);
        return record && Object.assign(record, { address: null });
      },
    }),
  },
  {
    name: 'expiry candidates that leave out the last moment',
    caughtBy: 'names every record that has expired by then, also after its time was changed (I5)',
    broken: (sound) => ({ expiryCandidates: (at) => sound.expiryCandidates(at - 1) }),
  },
  {
    name: 'an index that is written at creation only',
    caughtBy: 'finds a user who logged in later, changed or left',
    broken: (sound) => {
      const users = new Map<string, string | undefined>();
      return {
        create(record) {
          users.set(record.id, record.user?.id);
          return sound.create(record);
        },
        async *findByUser(userId) {
          for await (const entry of sound.scan()) if (users.get(entry.id) === userId) yield entry;
        },
      };
    },
  },
  {
    name: 'an index by name',
    caughtBy: 'finds the sessions of a user, by id and not by name',
    broken: (sound) => ({
      async *findByUser(userId) {
        for await (const entry of sound.scan()) {
          const user = entry.record?.user;
          if (user?.id === userId || user?.name === userId) yield entry;
        }
      },
    }),
  },
  {
    name: 'ids that are looked at loosely',
    caughtBy: 'checks every id before it uses it (I6)',
    broken: (sound) => ({ find: async (id) => sound.find(String(id).trim()) }),
  },
];

async function putBack(sound: MemoryStore, record: SessionRecord, tombstone: Tombstone): Promise<'created'> {
  await sound.delete(record.id, { tombstone });
  sound.putBytes(record.id, JSON.stringify(record));
  return 'created';
}

import type fc from 'fast-check';
import type { SessionStore } from '../../src/store/contract.js';

/**
 * A store that is far away: each call takes effect, and each answer arrives, when the scheduler of fast-check says so. It
 * tries the orders in which calls of several requests and processes can meet, and shrinks one that fails.
 */
export function scheduledStore(store: SessionStore, scheduler: fc.Scheduler): SessionStore {
  const later = (what: string) => scheduler.schedule(Promise.resolve(), what);
  const far = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    await later(what);
    const answer = await call();
    await later(`answer of ${what}`);
    return answer;
  };
  return {
    location: store.location,
    find: (id) => far('find', () => store.find(id)),
    create: (record) => far('create', () => store.create(record)),
    update: (id, change) => far('update', () => store.update(id, change)),
    delete: (id, options) => far('delete', () => store.delete(id, options)),
    tombstone: (id) => far('tombstone', () => store.tombstone(id)),
    async *findByUser(userId, options) {
      await later('findByUser');
      for await (const entry of store.findByUser(userId, options)) {
        yield entry;
        await later('findByUser, next');
      }
    },
    scan: (options) => store.scan(options),
    expiryCandidates: (at) => store.expiryCandidates(at),
    sweep: (at) => store.sweep(at),
    close: () => store.close(),
  };
}

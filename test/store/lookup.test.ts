import { expect, it } from 'vitest';
import { lookUpOf } from '../../src/store/lookup.js';
import { MemoryStore } from '../../src/store/memory.js';
import { RedisStore } from '../../src/store/redis/store.js';

const ADDRESS = 'redis://localhost';

it('a store is asked for record and tombstone at once where it can say both', () => {
  expect(lookUpOf(new RedisStore(ADDRESS))).not.toBeNull();
  expect(lookUpOf(new MemoryStore())).toBeNull();
});

it.each(['find', 'tombstone'] as const)('what replaces %s is not passed by', (name) => {
  class Other extends RedisStore {
    override async find() {
      return null;
    }
  }
  expect(lookUpOf(new Other(ADDRESS))).toBeNull();
  const wrapped = new RedisStore(ADDRESS);
  Object.assign(wrapped, { [name]: async () => null });
  expect(lookUpOf(wrapped)).toBeNull();
});

import { bare } from './bare.mjs';
import { hashing, logins, twoSaves } from './logins.mjs';
import { fileStore, redisStore, visits } from './ours.mjs';
import { makeFileStore, makeMemoryStore, makeRedisStore, peer } from './peers.mjs';

/** The number of sessions of a contestant whose sessions were all seen a moment ago. */
const FEW = 100;

/** By name: what makes a contestant, an object of operations that are called with a rising number. */
export const CONTESTANTS = {
  bare: async ({ size }) => bare(size),
  'file store, first seen': ({ size }) => fileStore(size, { reopen: true }),
  'file store, seen a moment ago': ({ size }) => fileStore(Math.min(size, FEW)),
  'begin and commit': ({ size }) => visits(Math.min(size, FEW)),
  MemoryStore: ({ size }) => peer(makeMemoryStore(), size),
  'session-file-store': ({ size }) => peer(makeFileStore(), size),
  'Redis store, first seen': ({ size, redisUrl }) => redisStore(size, redisUrl, { reopen: true }),
  'Redis store, seen a moment ago': ({ size, redisUrl }) => redisStore(Math.min(size, FEW), redisUrl),
  'connect-redis': async ({ size, redisUrl }) => peer((await makeRedisStore(redisUrl)).store, size),
  'two saves': ({ size }) => twoSaves(Math.min(size, FEW)),
  logins: async () => logins(),
  scrypt: async () => hashing(),
};

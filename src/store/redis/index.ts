/// <reference types="node" preserve="true" />
export type { ClusterClient, RedisClient, SentinelClient, SingleClient } from './link.js';
export type { RedisStoreOptions } from './options.js';
export { type RedisProblem, RedisStoreError } from './redis-error.js';
export { RedisStore } from './store.js';

import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { RedisStore } from '../../../src/store/redis/store.js';
import { need } from '../../aid/need.js';
import { all, sample } from '../../aid/records.js';
import { startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { startSentinelGroup } from '../../aid/redis/sentinel.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';

beforeEach((context) => need(context, NO_REDIS));

const PASSWORD = 'of the least rights';

/** The rights that docs/scaling.md gives to a user of this kind. */
function documentedRights(kind: 'one server' | 'cluster'): string[] {
  const page = readFileSync(new URL('../../../docs/scaling.md', import.meta.url), 'utf8');
  const line = page.split('\n').filter((text) => text.startsWith('ACL SETUSER sessions'))[
    kind === 'cluster' ? 1 : 0
  ];
  return (line ?? '').replace('>PASSWORD', '').split(/\s+/).slice(3).filter(Boolean);
}

async function addUser(servers: readonly RedisServer[], rights: readonly string[]): Promise<void> {
  for (const server of servers)
    await server.cli('ACL', 'SETUSER', 'sessions', 'reset', 'on', `>${PASSWORD}`, ...rights);
}

/** Everything that a site and the command line ask of a store. */
async function useAll(store: RedisStore): Promise<void> {
  const user = { id: 'u1', name: 'User1', method: 'moin_login' };
  const record = { ...sample('a'), kind: 'user' as const, user };
  await store.open();
  expect(await store.secret({ create: true })).toHaveLength(32);
  expect(await store.create(record)).toBe('created');
  expect(await store.update(record.id, (current) => ({ ...current, data: { n: 1 } }))).toMatchObject({
    revision: record.revision + 1,
  });
  expect(await all(store.findByUser('u1'))).toHaveLength(1);
  expect(await all(store.scan())).toHaveLength(1);
  expect(await all(store.expiryCandidates(Date.now() + 1e9))).toEqual([record.id]);
  expect(await store.sweep(0)).toBe(0);
  const tombstone = { at: 1, until: 2, reason: 'logout' as const };
  expect(await store.delete(record.id, { tombstone })).toMatchObject({ removed: true });
  expect(await store.tombstone(record.id)).toMatchObject(tombstone);
  expect(await store.sweep(Date.now())).toBe(1);
  expect(await store.find(record.id)).toBeNull();
  await store.close();
}

describe('a user with the rights that docs/scaling.md names does everything', () => {
  it('on one server, and has no right to look into other keys', async () => {
    const server = await startRedis();
    try {
      await addUser([server], documentedRights('one server'));
      const url = server.url.replace('redis://', 'redis://sessions@');
      await useAll(new RedisStore(url, { password: PASSWORD }));
      const foreign = new RedisStore(url, { password: PASSWORD, prefix: 'other:' });
      await expect(foreign.open()).rejects.toMatchObject({ problem: 'denied' });
    } finally {
      await server.stop();
    }
  });

  it('on one server, for reading only', async () => {
    const server = await startRedis();
    try {
      const record = sample('a', { expires: Date.now() });
      await new RedisStore(server.url).create(record);
      const wanted = ['get', 'getrange', 'pttl', 'zrange', 'scan', 'info', 'select'];
      await addUser([server], ['~moin-sessions:*', '-@all', ...wanted.map((name) => `+${name}`)]);
      const url = server.url.replace('redis://', 'redis://sessions@');
      const store = new RedisStore(url, { password: PASSWORD, readOnly: true });
      await store.open();
      expect(await all(store.findByUser(record.user?.id as string))).toHaveLength(1);
      expect(await all(store.scan())).toHaveLength(1);
      expect(await all(store.expiryCandidates(Date.now() + 1e9))).toEqual([record.id]);
      await store.close();
    } finally {
      await server.stop();
    }
  });

  it('and without one of them the error says to look at the rights, also when a script lacks it', async () => {
    const server = await startRedis();
    try {
      const rights = documentedRights('one server').filter((right) => right !== '+del');
      await addUser([server], rights);
      const url = server.url.replace('redis://', 'redis://sessions@');
      await expect(useAll(new RedisStore(url, { password: PASSWORD }))).rejects.toMatchObject({
        problem: 'denied',
      });
    } finally {
      await server.stop();
    }
  });

  it('under Sentinel', async () => {
    const group = await startSentinelGroup();
    try {
      await addUser(group.servers, documentedRights('one server'));
      const hosts = group.sentinels.map(({ port }) => `127.0.0.1:${port}`).join();
      const url = `redis+sentinel://sessions@${hosts}/${group.name}`;
      await useAll(new RedisStore(url, { password: PASSWORD }));
    } finally {
      await group.stop();
    }
  });

  it('in a cluster', async () => {
    const cluster = await startCluster();
    try {
      await addUser(cluster.nodes, documentedRights('cluster'));
      const url = cluster.url.replace('://', '://sessions@');
      await useAll(new RedisStore(url, { password: PASSWORD }));
    } finally {
      await cluster.stop();
    }
  });
});

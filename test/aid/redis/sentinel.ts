import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, RedisProcess } from './process.js';
import { command } from './resp.js';
import { type RedisServer, startRedis } from './server.js';
import { until } from './until.js';

const NAME = 'sessions';
const QUORUM = 2;

export interface SentinelOptions {
  /** More options of the primary and the replicas. */
  args?: readonly string[];
  password?: string;
  /** After how many ms of silence a server is taken to be down. Default 1,000. */
  downAfter?: number;
}

/** One primary, two replicas and three sentinels on this machine. */
export interface SentinelGroup {
  /** The name under which the sentinels know the primary. */
  name: string;
  sentinels: readonly { host: string; port: number }[];
  /** Primary and replicas, in no order that lasts. */
  servers: readonly RedisServer[];
  /** Whom a sentinel names as the primary. */
  primary: () => Promise<RedisServer>;
  /** Gives the server that it killed, to be restarted. */
  killPrimary: () => Promise<RedisServer>;
  /** Waits until the sentinels agree on a primary that is up, and the other servers that are up follow it. */
  waitForFailover: () => Promise<RedisServer>;
  stop: () => Promise<void>;
}

/** Starts the group; resolves when every sentinel knows the others and both replicas. */
export async function startSentinelGroup(options: SentinelOptions = {}): Promise<SentinelGroup> {
  const { args = [], password } = options;
  const servers = [await startRedis({ args, password })];
  const watchers: Watcher[] = [];
  const stop = async () => {
    await Promise.all([
      ...watchers.map(({ process }) => process.stop()),
      ...servers.map((one) => one.stop()),
    ]);
  };
  try {
    const [replicaOf] = servers as [RedisServer];
    servers.push(await startRedis({ args, password, replicaOf }));
    servers.push(await startRedis({ args, password, replicaOf }));
    for (let count = 0; count < 3; count++) watchers.push(await startWatcher(replicaOf, options));
    for (const watcher of watchers)
      await until('a sentinel knows the group', () => knowsAll(watcher), watcher);
    return groupOf(servers, watchers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Watcher {
  port: number;
  process: RedisProcess;
  ask: (...words: string[]) => Promise<string>;
  explain: () => string;
}

function groupOf(
  servers: readonly RedisServer[],
  watchers: readonly Watcher[],
  stop: () => Promise<void>,
): SentinelGroup {
  const named = async ({ ask }: Watcher) => {
    const [, port] = (await ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)).split('\n');
    return servers.find((server) => String(server.port) === port) as RedisServer;
  };
  const primary = () => named(watchers[0] as Watcher);
  const settled = async () => {
    const [agreed, ...others] = new Set(await Promise.all(watchers.map(named)));
    if (agreed === undefined || others.length > 0 || !agreed.isUp) return null;
    const replicas = servers.filter((server) => server !== agreed && server.isUp);
    const follows = await Promise.all(replicas.map((replica) => isReplicaOf(replica, agreed)));
    return (await agreed.info('role')) === 'master' && follows.every(Boolean) ? agreed : null;
  };
  return {
    name: NAME,
    sentinels: watchers.map(({ port }) => ({ host: '127.0.0.1', port })),
    servers,
    primary,
    killPrimary: async () => {
      const killed = await primary();
      await killed.kill();
      return killed;
    },
    waitForFailover: () => until('the group has a primary', settled, (watchers as [Watcher])[0]),
    stop,
  };
}

async function isReplicaOf(replica: RedisServer, primary: RedisServer): Promise<boolean> {
  if ((await replica.info('master_port')) !== String(primary.port)) return false;
  return (await replica.info('master_link_status')) === 'up';
}

/** One sentinel. It keeps what it learns in its file, which is its own for that reason. */
async function startWatcher(primary: RedisServer, options: SentinelOptions): Promise<Watcher> {
  const { downAfter = 1_000, password } = options;
  const port = await freePort();
  const sentinel = new RedisProcess();
  const file = join(sentinel.folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${NAME} 127.0.0.1 ${primary.port} ${QUORUM}`,
    `sentinel down-after-milliseconds ${NAME} ${downAfter}`,
    `sentinel failover-timeout ${NAME} 5000`,
  ];
  if (password !== undefined) lines.push(`sentinel auth-pass ${NAME} ${JSON.stringify(password)}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  sentinel.start([file, '--sentinel']);
  const ask = (...words: string[]) => command({ port }, words);
  return { port, process: sentinel, ask, explain: () => sentinel.log() };
}

async function knowsAll({ ask }: Watcher): Promise<boolean> {
  const words = (await ask('SENTINEL', 'MASTER', NAME)).split('\n');
  const field = (name: string) => words[words.indexOf(name) + 1];
  return field('num-slaves') === '2' && field('num-other-sentinels') === '2' && field('flags') === 'master';
}

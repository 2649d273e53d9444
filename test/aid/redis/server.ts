import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificate } from '../tls-proxy.js';
import { freePort, RedisProcess } from './process.js';
import { type Address, command } from './resp.js';
import { until } from './until.js';

export interface RedisOptions {
  /** More options of redis-server, as on its command line: `['--maxmemory', '3mb']`. They are given at each restart. */
  args?: readonly string[];
  password?: string | undefined;
  /** Answer over TLS alone, with a certificate of its own. Default false. */
  tls?: boolean;
  replicaOf?: RedisServer;
  /** `aof`: an answer is on the disk before it is given, so that a killed server comes back with it. Default none. */
  persistence?: 'aof' | undefined;
}

/** A redis-server of a test on this machine. Whoever starts it stops it; it never survives the process that started it. */
export interface RedisServer extends Address {
  url: string;
  /** Whether it runs and is not paused. */
  readonly isUp: boolean;
  /** Sends one command. Gives the answer's items, one a line. @throws an error with the server's text */
  cli: (...args: (string | number)[]) => Promise<string>;
  /** One field of `INFO`, such as `role`. */
  info: (field: string) => Promise<string | undefined>;
  /** SIGSTOP: connections are accepted, requests are never answered. */
  pause: () => void;
  resume: () => void;
  /** SIGKILL; resolves when the process is gone. */
  kill: () => Promise<void>;
  /**
   * Kills the process, if it is there, and starts one on the same port and folder. Resolves when it answers `PING`; with
   * `loading` also when it answers that it loads.
   */
  restart: (options?: { loading?: boolean }) => Promise<void>;
  /** Kills the process and removes its folder. */
  stop: () => Promise<void>;
  log: (lines?: number) => string;
}

/** Starts a server on a free port of this machine, and waits until it answers and, as a replica, has its primary's data. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const server = await serverOn(await freePort(), options);
  try {
    await server.restart();
    if (options.replicaOf !== undefined) await untilLinked(server);
    return server;
  } catch (error) {
    const isTaken = server.log(100).includes('Address already in use');
    await server.stop();
    if (isTaken) return startRedis(options);
    throw error;
  }
}

/** Waits until a replica follows its primary. */
async function untilLinked(replica: RedisServer): Promise<void> {
  const isLinked = async () => (await replica.info('master_link_status')) === 'up';
  await until(`replica ${replica.port} is linked`, isLinked, { explain: replica.log });
}

async function serverOn(port: number, options: RedisOptions): Promise<RedisServer> {
  const { args = [], password, tls = false } = options;
  const redis = new RedisProcess();
  const file = join(redis.folder, 'redis.conf');
  if (tls) certificate(redis.folder);
  const ca = tls ? join(redis.folder, 'cert.pem') : undefined;
  writeFileSync(file, configuration(port, await freePort(), options));
  const cli = (...words: (string | number)[]) => command({ port, password, ca }, words);
  const answers = (loading: boolean) =>
    cli('PING').catch((error: Error) => {
      if (loading && error.message.startsWith('LOADING')) return true;
      throw error;
    });
  return {
    port,
    password,
    ca,
    url: `${tls ? 'rediss' : 'redis'}://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    get isUp() {
      return redis.isUp;
    },
    cli,
    info: async (field) => new RegExp(`^${field}:(.*)`, 'm').exec(await cli('INFO'))?.[1]?.trim(),
    pause: () => redis.pause(),
    resume: () => redis.resume(),
    kill: () => redis.kill(),
    restart: async ({ loading = false } = {}) => {
      await redis.kill();
      redis.start([file, ...args]);
      const explain = () => redis.log();
      await until(`port ${port} answers`, () => redis.hasEnded || answers(loading), { explain });
      if (redis.hasEnded) throw new Error(`redis-server ended: ${redis.log()}`);
    },
    stop: () => redis.stop(),
    log: (lines) => redis.log(lines),
  };
}

function configuration(port: number, bus: number, options: RedisOptions): string {
  const { password, tls, replicaOf, persistence } = options;
  const ports = tls ? ['port 0', `tls-port ${port}`] : [`port ${port}`];
  const lines = [
    ...ports,
    ...['bind 127.0.0.1', 'save ""', `cluster-port ${bus}`, 'repl-diskless-sync-delay 0'],
    ...['enable-debug-command yes', 'shutdown-timeout 0'],
  ];
  const quoted = JSON.stringify(password);
  if (password !== undefined) lines.push(`requirepass ${quoted}`, `masterauth ${quoted}`);
  if (tls) lines.push('tls-cert-file cert.pem', 'tls-key-file key.pem', 'tls-ca-cert-file cert.pem');
  if (tls) lines.push('tls-auth-clients no', 'tls-replication yes', 'tls-cluster yes');
  if (persistence === 'aof') lines.push('appendonly yes', 'appendfsync always');
  if (replicaOf !== undefined) lines.push(`replicaof 127.0.0.1 ${replicaOf.port}`);
  return `${lines.join('\n')}\n`;
}

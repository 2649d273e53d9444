import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = process.env.MOIN_SESSIONS_REDIS_SERVER ?? 'redis-server';

/** For `need`: why no Redis can be started here, or null. */
export const NO_REDIS =
  spawnSync(PROGRAM, ['--version']).status === 0
    ? null
    : `'${PROGRAM}' cannot be run: install Redis 7 or Valkey, or name it in MOIN_SESSIONS_REDIS_SERVER`;

/** Kills the process `$0` and removes the folder `$1` when the process that started this one is gone. */
const WATCHDOG = 'read _; kill -9 "$0"; rm -rf "$1"';

/**
 * One process of redis-server with a temporary folder of its own. It ends with `stop`, and with the process that started it,
 * also when that one is killed.
 */
export class RedisProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'moin-sessions-redis-'));
  #child: ChildProcess | undefined;
  #isPaused = false;

  /** Whether the process is there and not paused. */
  get isUp(): boolean {
    return this.#isAlive() && !this.#isPaused;
  }

  get hasEnded(): boolean {
    return !this.#isAlive();
  }

  /** @param args file of the configuration, options */
  start(args: readonly string[]): void {
    const log = openSync(this.#logFile, 'a');
    const child = spawn(PROGRAM, args, { cwd: this.folder, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    this.#isPaused = false;
    if (child.pid !== undefined) this.#watch(child, child.pid);
    child.on('error', () => {}); // The wait for its first answer says what is wrong.
  }

  /** SIGSTOP: connections are accepted, requests are never answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
    this.#isPaused = true;
  }

  /** SIGCONT. */
  resume(): void {
    this.#child?.kill('SIGCONT');
    this.#isPaused = false;
  }

  /** SIGKILL, also of a paused process; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#child === undefined || !this.#isAlive()) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Kills the process and removes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The last lines that it wrote. */
  log(lines = 20): string {
    return readFileSync(this.#logFile, 'utf8').split('\n').slice(-lines).join('\n');
  }

  get #logFile(): string {
    return join(this.folder, 'log');
  }

  #isAlive(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** A process group of its own: what ends the tests' group leaves the watchdog to do its work. */
  #watch(child: ChildProcess, pid: number): void {
    const args = ['-c', WATCHDOG, String(pid), this.folder];
    const watchdog = spawn('sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    watchdog.unref();
    (watchdog.stdin as Socket).unref();
    child.once('exit', () => watchdog.kill('SIGKILL'));
  }
}

/**
 * A port that nobody uses now. It lies below the ports that Linux gives to clients: else a client could take the port of a
 * server that is down, or connect to itself there.
 */
export async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return freePort();
  }
  await new Promise((closed) => probe.close(closed));
  return port;
}

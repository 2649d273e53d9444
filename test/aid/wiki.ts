import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The program that runs TypeScript. */
export const JITI = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));

/** The example, running as a process of its own. */
export interface Wiki {
  url: string;
  /** That of the sample users. */
  password: string;
  process: ChildProcess;
  /** Lines on stdout so far. */
  said: string[];
  /** What it wrote to stderr so far, with `stderr: 'pipe'`. */
  readonly log: string;
  /** Runs the command line on the same store, and gives what it prints. */
  cli(...args: string[]): Promise<string>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** @returns the exit code; null after a signal that it does not handle */
  stop(): Promise<number | null>;
}

export interface WikiOptions {
  /** What to run. Default: the example. */
  entry?: string;
  /** Default 0: any that is free. */
  port?: number;
  /** The working directory. The wiki keeps its configuration and users there, if its store is no folder. Default: the package. */
  cwd?: string;
  /** A user file to use. Default: one of its own. */
  users?: string;
  /** Variables beside those of this process. */
  env?: Readonly<Record<string, string>>;
  /** Where its errors go: to those of this process, or into `log`. Default `inherit`. */
  stderr?: 'inherit' | 'pipe';
}

/**
 * Starts the wiki.
 * @param root the built package
 * @param store a new folder, or another address of a store
 */
export async function startWiki(root: string, store: string, options: WikiOptions = {}): Promise<Wiki> {
  const { entry = 'examples/wiki/main.ts', port = 0, cwd = root, stderr = 'inherit' } = options;
  const env = { ...process.env, ...options.env };
  const users = options.users === undefined ? [] : ['--users', options.users];
  const args = [JITI, join(root, entry), '--port', String(port), ...users, '--store', store];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', stderr, 'ipc'] });
  const said: string[] = [];
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const url = await firstUrl(child, said, () => log);
  const password = said.find((line) => line.startsWith('password'))?.split(': ')[1] ?? '';
  const folder = store.includes('://') ? join(cwd, '.moin-sessions') : store;
  const config = join(folder, 'moin-sessions.config.json');
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const isRunning = child.exitCode === null && child.signalCode === null;
    const gone = isRunning ? once(child, 'exit') : Promise.resolve();
    child.kill(signal);
    await gone;
  };
  return {
    url,
    password,
    process: child,
    said,
    get log() {
      return log;
    },
    async cli(...words) {
      const command = [join(root, 'bin/moin-sessions.js'), '--config', config, ...words];
      return (await promisify(execFile)(process.execPath, command, { cwd, env })).stdout;
    },
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM');
      return child.exitCode;
    },
  };
}

/** Waits for the line with the URL, and goes on to collect what is said. */
function firstUrl(child: ChildProcess, said: string[], log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      said.push(line);
      const url = /^listening on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('close', (code) =>
      reject(new Error(`the wiki ended with ${code}: ${said.join(' | ')}${log()}`)),
    );
  });
}

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
  /** Runs the command line on the same store, and gives what it prints. */
  cli(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts the wiki on a free port.
 * @param root the built package
 * @param folder the store's, a new one
 */
export async function startWiki(
  root: string,
  folder: string,
  entry = 'examples/wiki/main.ts',
): Promise<Wiki> {
  const args = [JITI, join(root, entry), '--port', '0', '--store', folder];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const said: string[] = [];
  const url = await firstUrl(child, said);
  const password = said.find((line) => line.startsWith('password'))?.split(': ')[1] ?? '';
  const config = join(folder, 'moin-sessions.config.json');
  return {
    url,
    password,
    process: child,
    said,
    async cli(...words) {
      const command = [join(root, 'bin/moin-sessions.js'), '--config', config, ...words];
      return (await promisify(execFile)(process.execPath, command)).stdout;
    },
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Waits for the line with the URL, and goes on to collect what is said. */
function firstUrl(child: ChildProcess, said: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      said.push(line);
      const url = /^listening on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the wiki ended with ${code}: ${said.join(' | ')}`)));
  });
}

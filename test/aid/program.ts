import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { FileUserDirectory } from '../../src/users/file.js';

const PASSWORD = 'a good password';

/** Writes a user file with alice. */
export async function withAlice(path: string): Promise<void> {
  await new FileUserDirectory(path).add('alice', PASSWORD);
}

/** A server that runs in a process of its own. */
export interface Program {
  url: string;
  /** Waits until the program has written this. @throws an error with its output, when it ends instead */
  said(pattern: RegExp): Promise<void>;
  /** @returns the exit code; null after a signal that it does not handle */
  stop(): Promise<number | null>;
}

/**
 * Starts `node FILE` in `folder`, and waits until it says that it listens.
 * @param file with arguments, if it takes any
 * @throws an error with the program's output, when it ends instead
 */
export async function startProgram(
  folder: string,
  file: string | string[],
  env: object,
  node = process.execPath,
): Promise<Program> {
  const port = await freePort();
  const child = spawn(node, [file].flat(), {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOSTNAME: '127.0.0.1',
      PORT: String(port),
      ...env,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  let output = '';
  const said = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(output) && resolve();
      child.once('close', () => reject(new Error(`the program ended: ${output}`)));
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      look();
    });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  await said(/listening on|Ready/);
  return {
    url,
    said,
    async stop() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      return child.exitCode;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Logs alice in, and returns her cookie. */
export async function logInAlice(url: string): Promise<string> {
  const response = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ login: '1', name: 'alice', password: PASSWORD }),
  });
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** The text of the page at `/`. */
export async function page(url: string, cookie: string): Promise<string> {
  return (await fetch(`${url}/`, { headers: { cookie } })).text();
}

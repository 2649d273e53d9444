import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createClient } from 'redis';
import { temporaryFolder } from './folder.mjs';

/** Starts a redis-server on a free port, without persistence. Returns null if redis-server is not installed. */
export async function startRedis() {
  const port = await freePort();
  const options = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: temporaryFolder() };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  if (!isInstalled()) return null;
  const server = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => server.kill());
  for await (const text of server.stdout.setEncoding('utf8')) {
    if (text.includes('Ready to accept connections')) break;
  }
  const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect();
  return {
    url: `redis://127.0.0.1:${port}`,
    /** A client for the benchmark itself. */
    client,
    stop() {
      client.destroy();
      server.kill();
    },
  };
}

/** Whether a contestant of this name needs a Redis. */
export function needsRedis(name) {
  return /redis/i.test(name);
}

function isInstalled() {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('redis-server is not installed: the benchmark skips what needs it');
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

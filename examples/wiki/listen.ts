import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Site } from './site.js';

/**
 * Serves the wiki on the loopback address until SIGINT or SIGTERM.
 * @param port 0 picks a free port
 */
export async function listen(wiki: Express, port: number, { sessions }: Site): Promise<void> {
  const server = createServer(wiki).listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: Error) => {
    throw new Error(`${error.message}: choose another port with --port, or 0 for any that is free`);
  });
  const stop = () => {
    server.close(() => void sessions.close());
    server.closeIdleConnections();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

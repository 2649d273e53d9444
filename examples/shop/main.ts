import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createSessions, FileUserDirectory } from 'moin-sessions';
import { createShop } from './app.js';
import { CartStreams } from './cart-streams.js';
import { Catalogue } from './catalogue.js';
import config, { usersFile } from './moin-sessions.config.mjs';

const EVERY_HOUR = 60 * 60 * 1000;

try {
  await start();
} catch (error) {
  console.error(`shop: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** Serves the shop on this machine until SIGINT or SIGTERM. */
async function start(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: process.env.PORT ?? '8080' } },
  });
  const users = new FileUserDirectory(usersFile);
  if (!existsSync(usersFile)) await addSampleUsers(users);
  const sessions = createSessions({ ...config, users });
  await sessions.open();
  sessions.startPurging({ every: EVERY_HOUR });
  const streams = new CartStreams(sessions);
  const server = createServer(createShop({ sessions, users, catalogue: new Catalogue(), streams }));
  await listen(server, Number(values.port));
  // Streams end first: the server waits for all that is open, and only then is the store closed.
  const stop = () => {
    server.close(() => void sessions.close());
    streams.close();
    server.closeIdleConnections();
    // A stream's connection is idle after its last byte: a page that asks anew by then would keep it open.
    setInterval(() => server.closeIdleConnections(), 100).unref();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    const what = (error as Error).message.replace(/\.$/, '');
    throw new Error(`${what}: choose another port with --port, or 0 for any that is free`);
  }
}

async function addSampleUsers(users: FileUserDirectory): Promise<void> {
  const password = randomBytes(9).toString('base64url');
  await users.add('alice', password);
  await users.add('edith', password, { roles: ['editor'] });
  console.log(`users: alice, and edith, who is an editor; password of both: ${password}`);
}

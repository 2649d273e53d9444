import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createSessions, FileUserDirectory } from 'moin-sessions';
import { createShop } from './app.js';
import { CartStreams } from './cart-streams.js';
import { Catalogue } from './catalogue.js';
import config, { usersFile } from './moin-sessions.config.mjs';

const EVERY_HOUR = 60 * 60 * 1000;

const { values } = parseArgs({ options: { port: { type: 'string', default: process.env.PORT ?? '8080' } } });
const users = new FileUserDirectory(usersFile);
if (!existsSync(usersFile)) await addSampleUsers();
const sessions = createSessions({ ...config, users });
await sessions.open();
sessions.startPurging({ every: EVERY_HOUR });
const streams = new CartStreams(sessions);
const shop = createShop({ sessions, users, catalogue: new Catalogue(), streams });
const server = createServer(shop).listen(Number(values.port), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGINT', stop).once('SIGTERM', stop);

/** Serves the requests that have come, then closes the store. */
function stop(): void {
  server.close(() => void sessions.close());
  streams.end();
  server.closeIdleConnections();
}

async function addSampleUsers(): Promise<void> {
  const password = randomBytes(9).toString('base64url');
  await users.add('alice', password);
  await users.add('edith', password, { roles: ['editor'] });
  console.log(`users: alice, and edith, who is an editor; password of both: ${password}`);
}

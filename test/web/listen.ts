import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from './adapter.js';

/** Starts a server on a free port of this machine. */
export async function listen(
  server: Pick<Server, 'listen' | 'close' | 'address' | 'once'>,
  scheme = 'http',
): Promise<Running> {
  server.listen(0, '127.0.0.1');
  await once(server as Server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    (server as Server).closeAllConnections?.();
    await new Promise((closed) => server.close(closed));
  };
  return { origin: `${scheme}://127.0.0.1:${port}`, close };
}

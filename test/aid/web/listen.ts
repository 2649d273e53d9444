import { once } from 'node:events';
import type { Server } from 'node:http';
import { type ClientHttp2Session, connect, type Http2Server } from 'node:http2';
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

/** The same for HTTP/2, with a client whose streams end before the server does. */
export async function listenHttp2(
  server: Http2Server,
): Promise<{ client: ClientHttp2Session; running: Running }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const close = async () => {
    client.destroy();
    await new Promise((closed) => server.close(closed));
  };
  return { client, running: { origin: '', close } };
}

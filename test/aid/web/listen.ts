import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type ClientHttp2Session, connect, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A server under test. */
export interface Running {
  origin: string;
  close: () => Promise<unknown>;
}

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

/** Starts an HTTP/2 server and a client; `close` ends the client's streams first. */
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

/** Serves ten other requests. Meanwhile an answer that waits for nothing arrives. */
export async function serveOthers(): Promise<void> {
  const { origin, close } = await listen(createServer((_request, response) => response.end('fine')));
  for (let count = 0; count < 10; count++) await (await fetch(origin)).text();
  await close();
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A network that delivers what the server sends in pieces of this many bytes. */
export interface CuttingProxy {
  port: number;
  stop: () => Promise<void>;
}

/**
 * @param upstream the port of the server behind it
 * @param size of a piece, in bytes. A client in this process reads each by itself.
 */
export async function startCuttingProxy(upstream: number, size: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const behind = connect(upstream, '127.0.0.1');
    for (const socket of [client, behind]) sockets.add(socket.setNoDelay(true));
    const end = () => {
      client.destroy();
      behind.destroy();
    };
    pipeline(client, behind, end);
    pipeline(behind, (chunks: AsyncIterable<Buffer>) => inPieces(chunks, size), client, end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Each piece in a turn of its own. */
async function* inPieces(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += size) {
      yield chunk.subarray(at, at + size);
      await nextTurn();
    }
}

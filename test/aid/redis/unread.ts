import { readFileSync } from 'node:fs';
import type { RedisServer } from './server.js';
import { until } from './until.js';

/** The ports of the clients of a server, of applications alone: no replicas, no sentinels. */
export async function clientsOf(server: RedisServer): Promise<number[]> {
  const lines = (await server.cli('CLIENT', 'LIST', 'TYPE', 'normal')).trim().split('\n');
  const applications = lines.filter((line) => !/ name=sentinel-| cmd=client\|list /.test(line));
  return applications.map((line) => Number(/ addr=[^ ]*:(\d+)/.exec(line)?.[1]));
}

/** Waits until a paused server has received something of one of these clients: it reads what came first at first. */
export async function untilUnread(server: RedisServer, clients: readonly number[]): Promise<void> {
  await until(`port ${server.port} has received something`, () => {
    const sockets = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1).map(parse);
    return sockets.some((at) => at.port === server.port && clients.includes(at.peer) && at.unread > 0);
  });
}

/** `SLOT ADDRESS:PORT PEER:PORT STATE SENDING:UNREAD …`, in hex. */
function parse(line: string): { port: number; peer: number; unread: number } {
  const [, local = '', remote = '', , queues = ''] = line.trim().split(/\s+/);
  const [port, peer, unread] = [local, remote, queues].map((pair) =>
    Number.parseInt(pair.split(':')[1] ?? '', 16),
  );
  return { port: port as number, peer: peer as number, unread: unread as number };
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What the network does. Each setting holds for what arrives from now on. */
export interface Conditions {
  /** Delay in ms of what the client sends. Default 0. */
  latencyUp: number;
  /** Delay in ms of what the server sends. Default 0. */
  latencyDown: number;
  /** For each connection and direction. Default Infinity. */
  bytesPerSecond: number;
  /**
   * `swallow`: connections are accepted, and nothing that either side sends arrives. `refuse`: new connections are cut at once.
   * Default `pass`.
   */
  mode: 'pass' | 'swallow' | 'refuse';
}

/** What went through since the start or the last `resetCounts`. */
interface Counts {
  connections: number;
  bytesUp: number;
  bytesDown: number;
  /** How often a client began to send after it had been answered: round trips, where requests do not overlap. */
  turns: number;
}

/** A network between clients and a server on this machine. */
export interface SlowProxy {
  port: number;
  set: (conditions: Partial<Conditions>) => void;
  /** Cuts every connection. */
  cut: () => void;
  counts: () => Counts;
  resetCounts: () => void;
  stop: () => Promise<void>;
}

const NONE: Counts = { connections: 0, bytesUp: 0, bytesDown: 0, turns: 0 };

/** @param upstream the port of the server behind it */
export async function startSlowProxy(
  upstream: number,
  initial: Partial<Conditions> = {},
): Promise<SlowProxy> {
  const conditions: Conditions = {
    ...{ latencyUp: 0, latencyDown: 0, bytesPerSecond: Number.POSITIVE_INFINITY, mode: 'pass' },
    ...initial,
  };
  const counts = { ...NONE };
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // 'close' follows.
    socket.setNoDelay(true);
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client);
    if (conditions.mode === 'refuse') return client.destroy();
    counts.connections += 1;
    const behind = connect({ port: upstream, host: '127.0.0.1', allowHalfOpen: true });
    keep(behind);
    let isAnswered = true;
    carry(client, behind, conditions, 'latencyUp', (chunk) => {
      counts.bytesUp += chunk.length;
      if (isAnswered) counts.turns += 1;
      isAnswered = false;
    });
    carry(behind, client, conditions, 'latencyDown', (chunk) => {
      counts.bytesDown += chunk.length;
      isAnswered = true;
    });
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    set: (changed) => void Object.assign(conditions, changed),
    cut,
    counts: () => ({ ...counts }),
    resetCounts: () => void Object.assign(counts, NONE),
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      cut();
      await closed;
    },
  };
}

/** Passes on what arrives, in order, each part when its time has come; an end and a cut come after what was sent before. */
function carry(
  from: Socket,
  to: Socket,
  conditions: Conditions,
  latency: 'latencyUp' | 'latencyDown',
  count: (chunk: Buffer) => void,
): void {
  const waiting: { at: number; act: () => void }[] = [];
  let isSentAt = 0;
  const goOn = () => {
    while (waiting[0] !== undefined && waiting[0].at <= Date.now()) waiting.shift()?.act();
    if (waiting[0] !== undefined) setTimeout(goOn, waiting[0].at - Date.now());
  };
  const later = (size: number, act: () => void) => {
    isSentAt = Math.max(isSentAt, Date.now()) + (1_000 * size) / conditions.bytesPerSecond;
    waiting.push({ at: isSentAt + conditions[latency], act });
    if (waiting.length === 1) goOn();
  };
  from.on('data', (chunk) => {
    if (conditions.mode === 'swallow') return;
    count(chunk);
    later(chunk.length, () => to.write(chunk));
  });
  from.on('end', () => later(0, () => to.end()));
  from.on('close', () => later(0, () => to.destroy()));
}

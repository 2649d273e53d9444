import type { Connection } from './connection.js';
import type { Send } from './link.js';
import { IncompleteClusterError, problemOf } from './redis-error.js';
import { sha1 } from './script.js';

/** How many slots a cluster has. */
const SLOTS = 16_384;

/** The servers that hold the keys, at a moment. */
export interface Layout {
  addresses: readonly string[];
  /** Changes with each failover, restart and slot that moved. */
  text: string;
  /** Keys are being moved. */
  isMoving: boolean;
}

/** What a server says of itself. */
interface Server {
  /** Another one after each failover, and after each restart of a primary. */
  replication: string;
  /** Its id in the cluster; empty where there is none. */
  id: string;
  slots: readonly (readonly [first: number, last: number])[];
  /** The slots that move, as `[SLOT->-ID]` and `[SLOT-<-ID]`. */
  moving: readonly string[];
}

/**
 * The primaries, which hold every slot of a cluster. A client knows the servers of the time when it last asked: where one is
 * missing the client is given up, or asked again while the call has time. @throws RedisStoreError
 */
export function layoutOf(connection: Connection): Promise<Layout> {
  return connection.call({ isWrite: false }).onPrimaries(async (primaries) => {
    const isCluster = !primaries.has('');
    const servers = await Promise.all([...primaries.values()].map((send) => askServer(send, isCluster)));
    if (isCluster) assertComplete(servers);
    const lines = servers.map(({ replication, id, slots, moving }) =>
      [replication, id, ...slots.map(String), ...moving].join(' '),
    );
    return {
      addresses: [...primaries.keys()],
      text: lines.sort().join('\n'),
      isMoving: servers.some(({ moving }) => moving.length > 0),
    };
  });
}

/** The layout as one word. */
export async function layoutDigest(connection: Connection): Promise<string> {
  return sha1((await layoutOf(connection)).text);
}

async function askServer(send: Send, isCluster: boolean): Promise<Server> {
  const [replication, own] = await Promise.all([
    replicationId(send),
    isCluster ? ownNode(send) : { id: '', slots: [], moving: [] },
  ]);
  return { replication, ...own };
}

/** Empty for a user without the right to ask. */
async function replicationId(send: Send): Promise<string> {
  const info = await send(['INFO', 'replication']).catch((error: unknown) => {
    if (problemOf(error) === 'denied') return '';
    throw error;
  });
  return /^master_replid:(\w+)/m.exec(String(info))?.[1] ?? '';
}

async function ownNode(send: Send): Promise<Omit<Server, 'replication'>> {
  const nodes = String(await send(['CLUSTER', 'NODES']));
  const own = nodes.split('\n').find((line) => /\bmyself\b/.test(line)) ?? '';
  const [id = '', , , , , , , , ...words] = own.trim().split(' ');
  const ranges = words.filter((word) => !word.startsWith('['));
  return {
    id,
    slots: ranges.map((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return [Number(first), Number(last)] as const;
    }),
    moving: words.filter((word) => word.startsWith('[')),
  };
}

/** @throws IncompleteClusterError when sessions may lie on a server that is none of these */
function assertComplete(servers: readonly Server[]): void {
  let next = 0;
  for (const [first, last] of servers.flatMap(({ slots }) => slots).sort(([a], [b]) => a - b)) {
    if (first !== next) break;
    next = last + 1;
  }
  if (next !== SLOTS)
    throw new IncompleteClusterError(
      'the servers that are known do not hold every slot of the cluster, once',
      {
        isClientStale: true,
      },
    );
  const ids = new Set(servers.map(({ id }) => id));
  const targets = servers.flatMap(({ moving }) => moving).filter((move) => move.includes('->-'));
  const unmet = targets.find((move) => !ids.has(targetOf(move)));
  if (unmet !== undefined)
    throw new IncompleteClusterError(`a slot moves to a server that has none yet: ${unmet}`, {
      isClientStale: false,
    });
}

function targetOf(move: string): string {
  return /->-(\w+)/.exec(move)?.[1] ?? '';
}

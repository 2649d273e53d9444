import type { Connection } from './connection.js';
import type { Send } from './link.js';
import { IncompleteClusterError, problemOf } from './redis-error.js';
import { sha1 } from './script.js';

/** The servers that hold the keys, at a moment. */
export interface Layout {
  addresses: readonly string[];
  /** Changes with each failover, restart and slot that moved. */
  text: string;
  /** Keys are being moved. */
  isMoving: boolean;
}

/** What a server says. */
interface Server {
  /** Another one after each failover, and after each restart of a primary. */
  replication: string;
  /** Its id in the cluster; empty where there is none. */
  id: string;
  /** Its slots, and those that move, as `[SLOT->-ID]` and `[SLOT-<-ID]`. */
  slots: readonly string[];
  /** The ids of all servers that have slots, as far as it knows. */
  owners: readonly string[];
}

/**
 * The primaries that hold the keys. A client of a cluster knows the servers of the time when it last asked: where one is
 * missing the client is given up, or asked again while the call has time. @throws RedisStoreError
 */
export function layoutOf(connection: Connection): Promise<Layout> {
  return connection.call({ isWrite: false }).onPrimaries(async (primaries) => {
    const isCluster = !primaries.has('');
    const servers = await Promise.all([...primaries.values()].map((send) => askServer(send, isCluster)));
    assertComplete(servers);
    const lines = servers.map(({ replication, id, slots }) => [replication, id, ...slots].join(' '));
    const text = lines.sort().join('\n');
    return { addresses: [...primaries.keys()], text, isMoving: /->-|-<-/.test(text) };
  });
}

/** The layout as one word. */
export async function layoutDigest(connection: Connection): Promise<string> {
  return sha1((await layoutOf(connection)).text);
}

async function askServer(send: Send, isCluster: boolean): Promise<Server> {
  const alone = { id: '', slots: [], owners: [] };
  const [replication, view] = await Promise.all([replicationId(send), isCluster ? viewOf(send) : alone]);
  return { replication, ...view };
}

/** Empty for a user without the right to ask. */
async function replicationId(send: Send): Promise<string> {
  const info = await send(['INFO', 'replication']).catch((error: unknown) => {
    if (problemOf(error) === 'denied') return '';
    throw error;
  });
  return /^master_replid:(\w+)/m.exec(String(info))?.[1] ?? '';
}

/** The cluster as one of its servers sees it. */
async function viewOf(send: Send): Promise<Omit<Server, 'replication'>> {
  const lines = String(await send(['CLUSTER', 'NODES']))
    .trim()
    .split('\n');
  const nodes = lines.map((line) => {
    const [id = '', , flags = '', , , , , , ...slots] = line.trim().split(' ');
    return { id, slots, isOwn: flags.includes('myself') };
  });
  const own = nodes.find(({ isOwn }) => isOwn);
  const owners = nodes.filter(({ slots }) => slots.length > 0).map(({ id }) => id);
  return { id: own?.id ?? '', slots: own?.slots ?? [], owners };
}

/**
 * Who had a slot last knows where it went or goes to, so no server is missing when each that one of them names is there.
 * @throws IncompleteClusterError when sessions may lie on a server that is none of these
 */
function assertComplete(servers: readonly Server[]): void {
  const ids = new Set(servers.map(({ id }) => id));
  const owner = servers.flatMap(({ owners }) => owners).find((id) => !ids.has(id));
  if (owner !== undefined)
    throw new IncompleteClusterError(`the client has not met the server ${owner} of the cluster`, {
      isClientStale: true,
    });
  const targets = servers.flatMap(({ slots }) => slots).filter((slot) => slot.includes('->-'));
  const unmet = targets.find((slot) => !ids.has(targetOf(slot)));
  if (unmet !== undefined)
    throw new IncompleteClusterError(`a slot moves to a server that has none yet: ${unmet}`, {
      isClientStale: false,
    });
}

function targetOf(moving: string): string {
  return /->-(\w+)/.exec(moving)?.[1] ?? '';
}

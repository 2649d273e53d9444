import { followersOf, nodesSeenBy, ownersOf, owns } from './cluster-nodes.js';
import { type MoveOptions, moveSlot } from './move-slot.js';
import { type RedisServer, startRedis } from './server.js';
import { until } from './until.js';

const SLOTS = 16_384;
const PRIMARIES = 3;

/** On a busy machine nodes take long to agree. */
const PATIENT = { within: 50_000 };

export interface ClusterOptions {
  /** More options of every redis-server. */
  args?: readonly string[];
  password?: string;
  /** After how many ms of silence a node is taken to be down. Default 1,500. */
  nodeTimeout?: number;
}

/** Three primaries with a replica each, on this machine. */
export interface RedisCluster {
  /** `redis+cluster://` with every node. */
  url: string;
  nodes: readonly RedisServer[];
  slotOf: (key: string) => Promise<number>;
  primaryOf: (key: string) => Promise<RedisServer>;
  replicasOf: (key: string) => Promise<RedisServer[]>;
  /** Gives the server that it killed, to be restarted. */
  killPrimaryOf: (key: string) => Promise<RedisServer>;
  /** Has the primary of a key hand over to a replica, which loses nothing: `CLUSTER FAILOVER`. */
  handOver: (key: string) => Promise<void>;
  /**
   * Waits until every slot has a primary that is up, all nodes that are up agree on which, and their replicas follow: after a
   * start, and after a primary was killed or paused.
   */
  waitUntilOk: () => Promise<void>;
  /** Joins one more primary, without slots. Resolves when every node knows it. */
  addPrimary: () => Promise<RedisServer>;
  /** Moves a slot to another primary while requests go on. */
  moveSlot: (slot: number, to: RedisServer, options?: MoveOptions) => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts six servers and makes them a cluster; resolves when it is complete. */
export async function startCluster(options: ClusterOptions = {}): Promise<RedisCluster> {
  const { password, nodeTimeout = 1_500 } = options;
  const args = [
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeout)],
    ...['--cluster-replica-validity-factor', '0', ...(options.args ?? [])],
  ];
  const start = () => startRedis({ args, password });
  const nodes = await Promise.all(Array.from({ length: 2 * PRIMARIES }, start));
  const login = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const cluster = clusterOf(nodes, login, start);
  try {
    await join(nodes);
    await cluster.waitUntilOk();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function clusterOf(nodes: RedisServer[], login: string, start: () => Promise<RedisServer>): RedisCluster {
  const anyUp = () => {
    const up = nodes.find(({ isUp }) => isUp);
    if (up === undefined) throw new Error('no node of the cluster is up');
    return up;
  };
  const at = (port: number) => nodes.find((node) => node.port === port) as RedisServer;
  const slotOf = async (key: string) => Number(await anyUp().cli('CLUSTER', 'KEYSLOT', key));
  const shardOf = async (slot: number) => {
    const seen = await nodesSeenBy(anyUp());
    const primary = seen.find((node) => owns(node, slot));
    if (primary === undefined) throw new Error(`slot ${slot} has no primary`);
    return { primary, replicas: seen.filter((node) => node.primary === primary.id) };
  };
  const primaryOf = async (key: string) => at((await shardOf(await slotOf(key))).primary.port);
  const cluster: RedisCluster = {
    url: `redis+cluster://${login}${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    slotOf,
    primaryOf,
    replicasOf: async (key) => (await shardOf(await slotOf(key))).replicas.map(({ port }) => at(port)),
    killPrimaryOf: async (key) => {
      const primary = await primaryOf(key);
      await primary.kill();
      return primary;
    },
    handOver: async (key) => {
      const replicas = async () => (await shardOf(await slotOf(key))).replicas.map(({ port }) => at(port));
      const replica = await until('the primary has a replica', async () => (await replicas())[0], PATIENT);
      await promote(replica);
    },
    waitUntilOk: async () => {
      const explain = () => nodes.map(({ port, log }) => `${port}:\n${log(5)}`).join('\n');
      await until('the cluster is complete', () => isComplete(nodes), { explain, ...PATIENT });
    },
    addPrimary: async () => {
      const node = await start();
      nodes.push(node);
      await node.cli('CLUSTER', 'SET-CONFIG-EPOCH', nodes.length);
      await meet(nodes[0] as RedisServer, node);
      await Promise.all(nodes.map((each) => untilKnowsAll(each, nodes)));
      await cluster.waitUntilOk();
      return node;
    },
    moveSlot: async (slot, to, moving) => {
      await moveSlot(slot, at((await shardOf(slot)).primary.port), to, nodes, moving);
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
  return cluster;
}

/** A hand-over that has not come about after 5 s is given up by the nodes, and asked for again. */
async function promote(replica: RedisServer): Promise<void> {
  const isPromoted = async () => (await replica.info('role')) === 'master';
  const asked = async () => {
    await replica.cli('CLUSTER', 'FAILOVER');
    await until(`node ${replica.port} is promoted`, isPromoted, { within: 5_500, explain: replica.log });
    return true;
  };
  await until(
    `node ${replica.port} takes over`,
    async () => (await isPromoted()) || (await asked()),
    PATIENT,
  );
}

async function meet(node: RedisServer, other: RedisServer): Promise<void> {
  const [, bus] = (await other.cli('CONFIG', 'GET', 'cluster-port')).split('\n');
  await node.cli('CLUSTER', 'MEET', '127.0.0.1', other.port, bus as string);
}

async function untilKnowsAll(node: RedisServer, nodes: readonly RedisServer[]): Promise<void> {
  const knowsAll = async () => (await nodesSeenBy(node)).length === nodes.length;
  await until(`node ${node.port} knows the others`, knowsAll, { explain: node.log });
}

/** Primaries and replicas in turn. */
async function join(nodes: readonly RedisServer[]): Promise<void> {
  const [first] = nodes as [RedisServer];
  for (const [index, node] of nodes.entries()) {
    await node.cli('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    if (node !== first) await meet(first, node);
    if (index >= PRIMARIES) continue;
    const [from, end] = [index, index + 1].map((part) => Math.round((part * SLOTS) / PRIMARIES));
    await node.cli('CLUSTER', 'ADDSLOTSRANGE', from as number, (end as number) - 1);
  }
  for (const [index, node] of nodes.entries()) {
    await untilKnowsAll(node, nodes);
    if (index < PRIMARIES) continue;
    const primary = nodes[index - PRIMARIES] as RedisServer;
    await node.cli('CLUSTER', 'REPLICATE', await primary.cli('CLUSTER', 'MYID'));
  }
}

async function isComplete(nodes: readonly RedisServer[]): Promise<boolean> {
  const up = nodes.filter(({ isUp }) => isUp);
  const views = await Promise.all(up.map(nodesSeenBy));
  if (new Set(views.map(ownersOf)).size !== 1) return false;
  const ports = new Set(up.map(({ port }) => port));
  if (new Set(views.map((view) => followersOf(view, ports))).size !== 1) return false;
  if (views[0]?.some(({ port, slots }) => slots.length > 0 && !ports.has(port))) return false;
  const states = await Promise.all(
    up.map(async (node) => {
      const cluster = await node.cli('CLUSTER', 'INFO');
      const isOk = cluster.includes('cluster_state:ok') && cluster.includes(`cluster_slots_ok:${SLOTS}`);
      return isOk && (await node.info('master_link_status')) !== 'down';
    }),
  );
  return states.every(Boolean);
}

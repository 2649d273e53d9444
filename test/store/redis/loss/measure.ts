import { createClient } from 'redis';
import { type RedisServer, startRedis } from '../../../aid/redis/server.js';
import { type SlowProxy, startSlowProxy } from '../../../aid/redis/slow-proxy.js';

/** A failover to be measured. */
export interface Scenario {
  /**
   * `killed`: the primary's process dies; what it had sent arrives. `lost`: its machine goes, with all that had not arrived.
   * `cut off`: it runs, and some clients still reach it, but its replica does not.
   */
  fault: 'killed' | 'lost' | 'cut off';
  /** One way between primary and replica, in ms. */
  latency: number;
  /** `wait`: a write counts as acknowledged when `WAIT 1` says that the replica has it. `none`: when the primary answers. */
  confirmation: 'none' | 'wait';
  /** Options of the primary. */
  args: readonly string[];
  /** How long the writers write before the fault, in ms. */
  before: number;
  /** How long a primary that was cut off goes on until the replica is promoted, in ms. */
  promotedAfter: number;
}

export interface Loss {
  acknowledged: number;
  lost: number;
  /** From the first acknowledgement that was lost to the last, in ms. */
  span: number;
  /** Writes that the application knows to have failed: refused, without an answer, or not confirmed. */
  failed: number;
}

const WRITERS = 8;
/** As long as a record of a session. */
const VALUE = 'x'.repeat(400);
/** How long `WAIT` waits, in ms. */
const CONFIRMATION = 500;
/** How long writers may take to notice that their primary is gone, in ms. */
const LONGEST_END = 5_000;
const BATCH = 1_000;

/**
 * Writes to a primary, has it fail, promotes its replica, and looks for every write that was acknowledged. What promotes a
 * replica, a cluster or Sentinel, makes no difference to what that replica has.
 */
export async function measureLoss(scenario: Scenario): Promise<Loss> {
  const primary = await startRedis({ args: scenario.args });
  const network = await startSlowProxy(primary.port);
  const replica = await startRedis({ replicaOf: { ...primary, port: network.port } });
  try {
    network.set({ latencyUp: scenario.latency, latencyDown: scenario.latency });
    const written = await writeUntilPromoted(scenario, primary, network);
    await replica.cli('REPLICAOF', 'NO', 'ONE');
    return await lossOf(written, replica);
  } finally {
    await Promise.all([network.stop(), primary.stop(), replica.stop()]);
  }
}

type Client = ReturnType<typeof createClient>;

interface Written {
  acknowledged: { key: string; at: number }[];
  failed: number;
}

async function writeUntilPromoted(
  { fault, before, promotedAfter, confirmation }: Scenario,
  primary: RedisServer,
  network: SlowProxy,
): Promise<Written> {
  const written: Written = { acknowledged: [], failed: 0 };
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => connect(primary)));
  const begun = performance.now();
  const end = begun + before + (fault === 'cut off' ? promotedAfter : LONGEST_END);
  const writers = clients.map((client, number) => write(client, `${number}:`, confirmation, written, end));
  const fails = new Promise((done) => setTimeout(done, before)).then(() => {
    if (fault === 'cut off') return network.set({ mode: 'swallow' });
    if (fault === 'lost') network.cut();
    return primary.kill();
  });
  await Promise.all([...writers, fails]);
  return written;
}

async function connect({ url }: RedisServer): Promise<Client> {
  const client: Client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {}); // Each command that fails says so.
  return client.connect();
}

async function write(
  client: Client,
  prefix: string,
  confirmation: Scenario['confirmation'],
  written: Written,
  end: number,
): Promise<void> {
  for (let number = 0; client.isOpen && performance.now() < end; number++) {
    const key = `${prefix}${number}`;
    const isDone = await client
      .set(key, VALUE)
      .then(async () => confirmation === 'none' || (await client.wait(1, CONFIRMATION)) > 0)
      .catch(() => false);
    if (isDone) written.acknowledged.push({ key, at: performance.now() });
    else written.failed += 1;
  }
  if (client.isOpen) client.destroy();
}

async function lossOf({ acknowledged, failed }: Written, replica: RedisServer): Promise<Loss> {
  const client = createClient({ url: replica.url });
  await client.connect();
  const lost: number[] = [];
  for (let from = 0; from < acknowledged.length; from += BATCH) {
    const batch = acknowledged.slice(from, from + BATCH);
    const found = await client.mGet(batch.map(({ key }) => key));
    lost.push(...batch.filter((_, index) => found[index] === null).map(({ at }) => at));
  }
  client.destroy();
  const times = lost.sort((a, b) => a - b);
  const span = Math.round((times.at(-1) ?? 0) - (times[0] ?? 0));
  return { acknowledged: acknowledged.length, lost: lost.length, span, failed };
}

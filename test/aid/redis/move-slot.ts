import { nodesSeenBy } from './cluster-nodes.js';
import type { RedisServer } from './server.js';

export interface MoveOptions {
  /** Default 10. */
  keysAtATime?: number;
  /** Runs when the slot is open on both sides, and again after each batch of keys: the slot is half moved then. */
  whileHalfMoved?: () => Promise<unknown>;
}

/**
 * Moves a slot as `redis-cli --cluster reshard` does: the target imports, the source migrates, keys go in batches, and at the
 * end every primary hears who owns the slot.
 */
export async function moveSlot(
  slot: number,
  from: RedisServer,
  to: RedisServer,
  nodes: readonly RedisServer[],
  { keysAtATime = 10, whileHalfMoved = async () => {} }: MoveOptions = {},
): Promise<void> {
  const [source, target] = await Promise.all([from, to].map((node) => node.cli('CLUSTER', 'MYID')));
  await to.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source as string);
  await from.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target as string);
  await whileHalfMoved();
  for (;;) {
    const keys = await from.cli('CLUSTER', 'GETKEYSINSLOT', slot, keysAtATime);
    if (keys === '') break;
    const login = from.password === undefined ? [] : ['AUTH', from.password];
    await from.cli('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, ...login, 'KEYS', ...keys.split('\n'));
    await whileHalfMoved();
  }
  // Of a new replica the others may not have heard yet that it is one.
  const owners = (await nodesSeenBy(to)).filter(({ slots }) => slots.length > 0);
  const isPrimary = new Set(owners.map(({ port }) => port));
  const others = nodes.filter(
    (node) => node !== to && node !== from && node.isUp && isPrimary.has(node.port),
  );
  for (const node of [to, from, ...others])
    await node.cli('CLUSTER', 'SETSLOT', slot, 'NODE', target as string);
}

import { IdSet } from '../../base/id-set.js';
import { isSessionId } from '../contract.js';
import type { Call } from './call.js';
import type { Connection } from './connection.js';
import type { Keys } from './keys.js';
import { layoutOf } from './layout.js';
import { RedisStoreError } from './redis-error.js';

/** How many keys of the database each step of SCAN looks at. */
const STEP = 1000;

/** How often to begin anew when the servers change under way. */
const MOST_PASSES = 50;

/**
 * The ids in the keys of a pattern, in batches of bounded size, each once. SCAN yields what is there from its beginning to
 * its end, on one server. A failover gives the slots of a server to another one, whose order is its own, and while a cluster
 * is resharded keys move from server to server: then the servers are scanned again, and only new ids are given.
 */
export async function* scanIds(
  connection: Connection,
  keys: Keys,
  pattern: string,
): AsyncGenerator<string[]> {
  const given = new IdSet();
  let before = await layoutOf(connection);
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    for (const address of before.addresses) yield* newIds(connection, address, keys, pattern, given);
    const after = await layoutOf(connection);
    if (after.text === before.text && (!after.isMoving || pass > 1)) return;
    before = after;
  }
  throw new RedisStoreError(
    'the servers of the cluster changed too often while all sessions were listed: try again when the cluster is at rest',
    'moving',
  );
}

async function* newIds(
  connection: Connection,
  address: string,
  keys: Keys,
  pattern: string,
  given: IdSet,
): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const call = connection.call({ isWrite: false });
    const reply = await onPrimary(call, address, ['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(STEP)]);
    if (reply === null) return; // This server is no primary any more: the layout has changed.
    const [next, found] = reply as [string, string[]];
    cursor = String(next);
    const ids = found.map((key) => keys.idIn(key)).filter((id) => isSessionId(id) && given.add(id));
    if (ids.length > 0) yield ids;
  } while (cursor !== '0');
}

function onPrimary(call: Call, address: string, args: string[]): Promise<unknown> {
  return call.onPrimaries(async (primaries) => {
    const send = primaries.get(address);
    return send === undefined ? null : send(args);
  });
}

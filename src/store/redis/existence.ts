import { StoreError } from '../../base/errors.js';
import type { RedisParts } from './parts.js';
import { scanIds } from './scan.js';

/** Says that a store lies here. Best effort: a server starts on a full Redis and on a replica, too. */
export async function markStore({ connection, keys }: RedisParts): Promise<void> {
  const call = connection.call({ isWrite: true });
  await call.send(keys.store, ['SET', keys.store, '1', 'NX']).catch(() => {});
}

/**
 * For the command line: with a wrong database or prefix nothing would be found, and that would look like a success.
 * @throws StoreError when neither a mark, nor a secret, nor a session lies here
 */
export async function assertThere({ connection, keys }: RedisParts, location: string): Promise<void> {
  for (const key of [keys.store, keys.secret])
    if ((await connection.call({ isWrite: false }).send(key, ['GET', key])) !== null) return;
  for await (const _ of scanIds(connection, keys, keys.sessions(''))) return;
  throw new StoreError(
    `there is no store at ${location}, with keys that begin with '${keys.prefix}': check --store or the configuration, the number of the database, and the prefix; if Redis has lost its data, start a server of the site again`,
  );
}

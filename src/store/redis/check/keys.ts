import { isSessionId } from '../../contract.js';
import type { CheckOptions } from '../../finding.js';
import type { Send } from '../link.js';
import type { RedisParts } from '../parts.js';
import { REDIS_KINDS as KINDS } from './kinds.js';

/** How many keys each step of SCAN looks at. */
const STEP = 1000;

/** Finds keys under the prefix that the store did not make. SCAN may name one twice: each counts once, as far as it is shown. */
export async function checkKeys(parts: RedisParts, { findings }: CheckOptions): Promise<void> {
  const call = parts.connection.call({ isWrite: false });
  const addresses = await call.onPrimaries(async (primaries) => [...primaries.keys()]);
  const named = new Set<string>();
  for (const address of addresses)
    for await (const key of keysOn(parts, address)) {
      if (isOurs(parts, key) || named.has(key)) continue;
      // The first thousand are enough to know that something else lies here.
      if (named.size < STEP) named.add(key);
      findings.add(KINDS.foreignKey, key);
    }
}

async function* keysOn({ connection, keys }: RedisParts, address: string): AsyncGenerator<string> {
  let cursor = '0';
  do {
    const args = ['SCAN', cursor, 'MATCH', keys.everything, 'COUNT', String(STEP)];
    const step = (primaries: ReadonlyMap<string, Send>) => primaries.get(address)?.(args);
    const reply = await connection.call({ isWrite: false }).onPrimaries(async (some) => step(some));
    if (reply === undefined) return;
    const [next, found] = reply as [string, string[]];
    cursor = String(next);
    yield* found;
  } while (cursor !== '0');
}

function isOurs({ keys }: RedisParts, key: string): boolean {
  if ([keys.listed, keys.store, keys.secret].includes(key)) return true;
  const kind = key.slice(keys.prefix.length, keys.prefix.length + 2);
  return (kind === 's:' || kind === 'u:') && isSessionId(keys.idIn(key));
}

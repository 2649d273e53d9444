import { warn } from '../../base/warn.js';
import type { Connection } from './connection.js';
import type { Send } from './link.js';
import { problemOf } from './redis-error.js';

/**
 * Warns when a server would throw sessions away to make room: people would be logged out, and an operator's "log out everywhere"
 * could miss a session, and nothing would say so. A user without the right to ask is not warned.
 */
export async function warnOfEviction(connection: Connection, location: string): Promise<void> {
  const policies = await connection.call({ isWrite: false }).onPrimaries((primaries) => {
    return Promise.all([...primaries.values()].map(evictionPolicy));
  });
  const evicting = policies.find(({ policy, limit }) => limit > 0 && !/^(noeviction)?$/.test(policy))?.policy;
  if (evicting === undefined) return;
  warn(
    'MOIN_SESSIONS_REDIS_EVICTS',
    `the store ${location} throws sessions away when its memory is full (maxmemory-policy ${evicting}): set 'maxmemory-policy noeviction', so that a full Redis refuses new sessions and says so`,
  );
}

/** How a server makes room. The limit (bytes) is 0 when it has none. A user without the right to ask hears of neither. */
export async function evictionPolicy(send: Send): Promise<{ policy: string; limit: number }> {
  const info = await send(['INFO', 'memory']).catch((error: unknown) => {
    if (problemOf(error) === 'denied') return '';
    throw error;
  });
  const limit = Number(/^maxmemory:(\d+)/m.exec(String(info))?.[1] ?? 0);
  return { policy: /^maxmemory_policy:([\w-]+)/m.exec(String(info))?.[1] ?? '', limit };
}

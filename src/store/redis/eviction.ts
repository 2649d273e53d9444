import { warn } from '../../base/warn.js';
import type { Connection } from './connection.js';
import type { Send } from './link.js';
import { problemOf } from './redis-error.js';

/**
 * Warns when a server would throw sessions away to make room: people would be logged out, and an operator's "log out everywhere"
 * could miss a session, and nothing would say so. An `allkeys-` policy is warned of without a limit, too, because each login and
 * each search for a user's sessions looks at all sessions then. A user without the right to ask is not warned.
 */
export async function warnOfEviction(connection: Connection, location: string): Promise<void> {
  const servers = await connection.call({ isWrite: false }).onPrimaries((primaries) => {
    return Promise.all([...primaries.values()].map(evictionPolicy));
  });
  const policies = servers.filter(isEvicting).map(({ policy }) => policy);
  const [policy] = [...policies.filter(mayEvictLists), ...policies];
  if (policy === undefined) return;
  const slow = mayEvictLists(policy)
    ? ', and looks at all sessions at each login of a user, which is slow'
    : '';
  warn(
    'MOIN_SESSIONS_REDIS_EVICTS',
    `the store ${location} throws sessions away when its memory is full (maxmemory-policy ${policy})${slow}: set 'maxmemory-policy noeviction', so that a full Redis refuses new sessions and says so`,
  );
}

function isEvicting({ policy, limit }: EvictionPolicy): boolean {
  return mayEvictLists(policy) || (limit > 0 && !/^(noeviction)?$/.test(policy));
}

/** Whether a policy evicts also what has no time to live: the lists of the users. */
export function mayEvictLists(policy: string): boolean {
  return policy.startsWith('allkeys-');
}

interface EvictionPolicy {
  policy: string;
  /** In bytes; 0 when there is none. */
  limit: number;
}

/** How a server makes room. A user without the right to ask hears of neither. */
export async function evictionPolicy(send: Send): Promise<EvictionPolicy> {
  const info = await send(['INFO', 'memory']).catch((error: unknown) => {
    if (problemOf(error) === 'denied') return '';
    throw error;
  });
  const limit = Number(/^maxmemory:(\d+)/m.exec(String(info))?.[1] ?? 0);
  return { policy: /^maxmemory_policy:([\w-]+)/m.exec(String(info))?.[1] ?? '', limit };
}

import { startContestant } from './contestants/start.mjs';
import { inTurn } from './measure.mjs';
import { needsRedis, startRedis } from './redis.mjs';
import { show } from './report.mjs';

const OPERATIONS = { load: 'load', save: 'save of a changed session', refresh: 'refresh' };
const NAMES = [
  'bare',
  'file store, first seen',
  'file store, seen a moment ago',
  'begin and commit',
  'MemoryStore',
  'session-file-store',
  'Redis store, first seen',
  'Redis store, seen a moment ago',
  'connect-redis',
];

/** Load, save and refresh of one session among `size`. The CPU time of a Redis store is that of the client alone. */
export async function oneSession(options) {
  const redis = await startRedis();
  const names = NAMES.filter((name) => !needsRedis(name) || redis !== null);
  const results = await operations(names, { ...options, id: 'session', redisUrl: redis?.url });
  redis?.stop();
  return results;
}

/** The operations of some contestants, which take turns. @param id the beginning of the results' ids */
export async function operations(names, { rounds, warmUp, size, count, id, redisUrl }) {
  const contestants = {};
  for (const name of names) contestants[name] = await startContestant(name, { size, redisUrl });
  const results = [];
  for (const [operation, title] of Object.entries(OPERATIONS)) {
    for (const atOnce of [1, 32]) {
      const turns = Object.entries(contestants).map(([name, { cost }]) => {
        const calls = name === 'session-file-store' ? Math.ceil(count / 5) : count;
        return [name, () => cost(operation, { count: calls, atOnce })];
      });
      results.push({
        id: `${id}/${operation}/${atOnce}`,
        title: `${title}, ${atOnce === 1 ? 'one' : atOnce} at a time`,
        contestants: await inTurn(Object.fromEntries(turns), { rounds, warmUp: warmUp / 2 }),
      });
      show(results.at(-1));
    }
  }
  await Promise.all(Object.values(contestants).map(({ stop }) => stop()));
  return results;
}

import { startContestant } from './contestants/start.mjs';
import { inTurn } from './measure.mjs';
import { startRedis } from './redis.mjs';
import { show } from './report.mjs';

const OPERATIONS = { load: 'load', save: 'save of a changed session', refresh: 'refresh' };
const NAMES = [
  'bare',
  'file store, first seen',
  'file store, seen a moment ago',
  'begin and commit',
  'MemoryStore',
  'session-file-store',
  'connect-redis',
];

/** Load, save and refresh of one session among `size`. The CPU time of connect-redis is that of the client alone. */
export async function oneSession({ rounds, warmUp, size, count }) {
  const redis = await startRedis();
  const contestants = {};
  for (const name of NAMES.filter((one) => one !== 'connect-redis' || redis !== null))
    contestants[name] = await startContestant(name, { size, redisUrl: redis?.url });
  const results = [];
  for (const [operation, title] of Object.entries(OPERATIONS)) {
    for (const atOnce of [1, 32]) {
      const turns = Object.entries(contestants).map(([name, { cost }]) => {
        const calls = name === 'session-file-store' ? Math.ceil(count / 5) : count;
        return [name, () => cost(operation, { count: calls, atOnce })];
      });
      results.push({
        id: `session/${operation}/${atOnce}`,
        title: `${title}, ${atOnce === 1 ? 'one' : atOnce} at a time`,
        contestants: await inTurn(Object.fromEntries(turns), { rounds, warmUp: warmUp / 2 }),
      });
      show(results.at(-1));
    }
  }
  await Promise.all(Object.values(contestants).map(({ stop }) => stop()));
  redis?.stop();
  return results;
}

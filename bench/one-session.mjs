import { bare } from './contestants/bare.mjs';
import { fileStore, visits } from './contestants/ours.mjs';
import { makeFileStore, makeMemoryStore, makeRedisStore, peer } from './contestants/peers.mjs';
import { costOf, inTurn } from './measure.mjs';
import { startRedis } from './redis.mjs';
import { micros, ratio, table } from './report.mjs';

const TIMES = { load: 'load', save: 'save of a changed session', refresh: 'refresh' };

/** Load, save and refresh of one session among `size`. */
export async function oneSession({ rounds, size = 1000, count = 2000 }) {
  const redis = await startRedis();
  const contestants = await makeContestants(size, redis);
  for (const [operation, title] of Object.entries(TIMES)) {
    for (const atOnce of [1, 32]) {
      const turns = Object.entries(contestants).map(([name, contestant]) => {
        const calls = name === 'session-file-store' ? count / 5 : count;
        return [name, () => costOf(contestant[operation], { count: calls, atOnce })];
      });
      show(
        `${title}, ${atOnce === 1 ? 'one' : atOnce} at a time`,
        await inTurn(Object.fromEntries(turns), rounds),
      );
    }
  }
  for (const { close } of Object.values(contestants)) await close();
  redis?.stop();
}

async function makeContestants(size, redis) {
  const contestants = {
    bare: bare(size),
    'file store': await fileStore(size),
    'begin and commit': await visits(size),
    MemoryStore: await peer(makeMemoryStore(), size),
    'session-file-store': await peer(makeFileStore(), size),
  };
  if (redis === null) return contestants;
  const { store, close } = await makeRedisStore(redis.url);
  return { ...contestants, 'connect-redis': await peer(store, size, close) };
}

function show(title, results) {
  const { wall: bareWall, cpu: bareCpu } = results.bare;
  const rows = Object.entries(results).map(([name, { wall, cpu }]) => [
    name,
    micros(wall),
    ratio(wall, bareWall),
    micros(cpu),
    ratio(cpu, bareCpu),
  ]);
  table(title, ['', 'wall', 'to bare', 'CPU', 'to bare'], rows);
}

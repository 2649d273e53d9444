import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endChild, messageFrom } from './child.mjs';
import { temporaryFolder } from './folder.mjs';
import { inTurn, percentile99 } from './measure.mjs';
import { startRedis } from './redis.mjs';
import { show } from './report.mjs';

const WRITERS = fileURLToPath(new URL('./contestants/writers.mjs', import.meta.url));
const PROCESSES = 4;
const WRITERS_EACH = 8;
const COUNT = PROCESSES * WRITERS_EACH;

/** Writers in several processes, all on one session or each on its own. The last saves of connect-redis win; ours are merged. */
export async function contention({ rounds, seconds }) {
  const redis = await startRedis();
  const stores = { 'file store': temporaryFolder(), ...(redis && { 'connect-redis': redis.url }) };
  const teams = {};
  for (const [kind, location] of Object.entries(stores)) teams[kind] = await startTeam(kind, location);
  const results = [];
  for (const [name, sessions] of Object.entries({ 'one session': 1, 'a session each': COUNT })) {
    const turns = Object.entries(teams).map(([kind, { write }]) => [kind, () => write(sessions, seconds)]);
    const contestants = await inTurn(Object.fromEntries(turns), { rounds, warmUp: seconds / 2 });
    const title = `${COUNT} writers in ${PROCESSES} processes on ${name}`;
    results.push({ id: `contention/${sessions === 1 ? 'one' : 'many'}`, title, contestants });
    show(results.at(-1));
  }
  for (const { stop } of Object.values(teams)) await stop();
  redis?.stop();
  return results;
}

async function startTeam(kind, location) {
  const team = [];
  for (let n = 0; n < PROCESSES; n++) {
    const child = fork(WRITERS, [kind, location, String(n * WRITERS_EACH), String(WRITERS_EACH)]);
    await messageFrom(child, kind);
    team.push(child);
  }
  return {
    async write(sessions, seconds) {
      for (const child of team) child.send({ sessions, seconds });
      const replies = await Promise.all(team.map((child) => messageFrom(child, kind)));
      return summary(
        replies.flatMap(({ writers }) => writers),
        seconds,
      );
    },
    stop: () => Promise.all(team.map(endChild)),
  };
}

/** @param writers for each writer, the ms that each of its saves took */
function summary(writers, seconds) {
  const all = writers.flat();
  const fewest = Math.min(...writers.map((times) => times.length));
  return {
    rate: all.length / seconds,
    p99: percentile99(all),
    longest: all.reduce((most, one) => Math.max(most, one), 0),
    slowest: (fewest * writers.length) / all.length,
  };
}

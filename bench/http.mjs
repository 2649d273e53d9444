import { inTurn } from './measure.mjs';
import { needsRedis, startRedis } from './redis.mjs';
import { show } from './report.mjs';
import { CONNECTIONS, send, startSite } from './site.mjs';

export const PATHS = { read: '/read', written: '/write' };
/** Seconds of load before each turn that do not count: a server that has waited for its turn is cold. */
const LEAD_IN = 0.3;

/** A framework with and without sessions, each application in its own process. This process sends the requests. */
export function http(framework) {
  return async (options) => {
    const { KINDS } = await import(`./frameworks/${framework}.mjs`);
    const redis = Object.keys(KINDS).some(needsRedis) ? await startRedis() : null;
    const kinds = Object.keys(KINDS).filter((kind) => !needsRedis(kind) || redis !== null);
    const results = await requests(framework, kinds, { ...options, id: framework, redisUrl: redis?.url });
    redis?.stop();
    return results;
  };
}

/** Requests to some of a framework's applications, which take turns. @param id the beginning of the results' ids */
export async function requests(framework, kinds, { rounds, seconds, warmUp, id, redisUrl }) {
  const sites = await Promise.all(kinds.map((kind) => startSite(framework, kind, { redisUrl })));
  const results = [];
  for (const [name, path] of Object.entries(PATHS)) {
    const turns = sites.map((site) => [site.kind, () => load(site, path, seconds)]);
    const contestants = await inTurn(Object.fromEntries(turns), { rounds, warmUp });
    const title = `${framework}, session ${name}, ${CONNECTIONS} connections`;
    results.push({ id: `${id}/${name}`, title, contestants: overBare(contestants) });
    show(results.at(-1));
  }
  await Promise.all(sites.map(({ stop }) => stop()));
  return results;
}

async function load(site, path, seconds) {
  await send(site, path, { duration: Math.min(LEAD_IN, seconds) });
  const before = await site.usage();
  const { total, rate, p99 } = await send(site, path, { duration: seconds });
  const { user, system } = await site.usage();
  return { rate, p99, cpu: (user - before.user + system - before.system) / total };
}

/** Adds what a request costs over the same framework without sessions. */
function overBare(contestants) {
  const { bare } = contestants;
  return Object.fromEntries(
    Object.entries(contestants).map(([name, numbers]) => [
      name,
      { ...numbers, over: numbers.cpu - bare.cpu },
    ]),
  );
}

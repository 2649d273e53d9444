import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { inTurn } from './measure.mjs';
import { startRedis } from './redis.mjs';
import { micros, ratio, table } from './report.mjs';

const SERVER = fileURLToPath(new URL('./http-server.mjs', import.meta.url));
const KINDS = [
  'bare',
  'moin-sessions, files',
  'moin-sessions, memory',
  'MemoryStore',
  'session-file-store',
  'connect-redis',
];
const CONNECTIONS = 16;

/** Express with and without sessions, each in its own process. This process sends the requests. */
export async function http({ rounds, seconds = 3 }) {
  const redis = await startRedis();
  const kinds = KINDS.filter((kind) => kind !== 'connect-redis' || redis !== null);
  const sites = await Promise.all(kinds.map((kind) => startSite(kind, redis?.url)));
  for (const [path, title] of [
    ['/read', 'session read'],
    ['/write', 'session written each time'],
  ]) {
    const turns = sites.map((site) => [site.kind, () => load(site, path, seconds)]);
    show(`Express, ${title}, ${CONNECTIONS} connections`, await inTurn(Object.fromEntries(turns), rounds));
  }
  for (const { stop } of sites) stop();
  redis?.stop();
}

async function startSite(kind, redisUrl) {
  const server = fork(SERVER, [kind, redisUrl ?? '']);
  const [port] = await once(server, 'message');
  const url = `http://127.0.0.1:${port}`;
  const cookies = [];
  for (let n = 0; n < CONNECTIONS; n++) cookies.push(await visitor(url));
  return { kind, url, cookies, cpu: () => cpuOf(server), stop: () => server.kill() };
}

/** The CPU time that a server has used so far, in microseconds. */
async function cpuOf(server) {
  server.send('usage');
  const [{ user, system }] = await once(server, 'message');
  return user + system;
}

/** Returns the cookie of a new visitor with a value in the session. */
async function visitor(url) {
  let cookie = '';
  for (let request = 0; request < 2; request++) {
    const response = await fetch(`${url}/fill`, { headers: { cookie } });
    if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
    cookie = response.headers.get('set-cookie')?.split(';', 1)[0] ?? cookie;
  }
  return cookie;
}

/** Each connection is a visitor. */
async function load({ url, cookies, cpu }, path, seconds) {
  let next = 0;
  const before = await cpu();
  const result = await autocannon({
    url: url + path,
    connections: CONNECTIONS,
    duration: seconds,
    setupClient: (client) => client.setHeaders({ cookie: cookies[next++ % CONNECTIONS] }),
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`);
  const spent = (await cpu()) - before;
  return { rate: result.requests.average, p99: result.latency.p99, cpu: spent / result.requests.total };
}

function show(title, results) {
  const { bare } = results;
  const rows = Object.entries(results).map(([name, { rate, p99, cpu }]) => [
    name,
    Math.round(rate),
    ratio(rate, bare.rate),
    `${p99.toFixed(0)} ms`,
    micros(cpu),
    ratio(bare.cpu, cpu),
  ]);
  table(title, ['', 'requests/s', 'to bare', '99 % within', 'CPU a request', 'rate by CPU'], rows);
}

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { endChild, messageFrom } from './child.mjs';

const SERVER = fileURLToPath(new URL('./http-server.mjs', import.meta.url));
const CONNECTIONS = 16;

/** One application in a process of its own, with a visitor for each connection. */
export async function startSite(framework, kind, { redisUrl = '', execArgv = [] } = {}) {
  const server = fork(SERVER, [kind, redisUrl, framework], { execArgv });
  const port = await messageFrom(server, kind);
  const ask = (question) => {
    server.send(question);
    return messageFrom(server, kind);
  };
  const url = `http://127.0.0.1:${port}`;
  const cookies = [];
  for (let n = 0; n < CONNECTIONS; n++) cookies.push(await visitor(url));
  return {
    kind,
    url,
    cookies,
    pid: server.pid,
    /** What the server has used so far: `user` and `system` in microseconds, `heap` in bytes, `collections` of garbage. */
    usage: () => ask('usage'),
    startProfile: () => ask('startProfile'),
    /** Microseconds by group of code since `startProfile`. */
    stopProfile: () => ask('stopProfile'),
    stop: () => endChild(server),
  };
}

/** Returns the cookies of a new visitor with values in the session. */
async function visitor(url) {
  let cookie = '';
  // The first request of a visitor of ours gets the cookie of the session that the second one fills.
  for (const path of ['/first', '/fill']) {
    const response = await fetch(url + path, { headers: { cookie } });
    if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
    const set = response.headers.getSetCookie().map((one) => one.split(';', 1)[0]);
    if (set.length > 0) cookie = set.join('; ');
  }
  return cookie;
}

/** Sends requests from this process. Each connection is a visitor. @param limit `duration` in seconds, or `amount` */
export async function send({ url, cookies }, path, limit) {
  let next = 0;
  const result = await autocannon({
    url: url + path,
    connections: CONNECTIONS,
    // It stops only at its next sample.
    sampleInt: 100,
    ...limit,
    setupClient: (client) => client.setHeaders({ cookie: cookies[next++ % CONNECTIONS] }),
  });
  const { non2xx, errors, duration, requests, latency } = result;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`);
  return { total: requests.total, rate: requests.total / duration, p99: latency.p99 };
}

export { CONNECTIONS };

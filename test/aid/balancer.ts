import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, type Running } from './web/listen.js';

/** One way that a request took. */
interface Passed {
  path: string;
  /** The index of the server. */
  server: number;
}

/** A reverse proxy in front of several servers of one site. */
export interface Balancer extends Running {
  /** What was sent on, in order. A request that was sent on twice is there twice. */
  passed: Passed[];
}

/**
 * A proxy on this machine that gives each request to the next server in turn. It asks the next one when a server refuses the
 * connection; a request that changes nothing also when a server went away without a byte of an answer. A browser that no server
 * answers gets a 502.
 * @param upstreams the origins of the servers
 */
export async function startBalancer(upstreams: readonly string[]): Promise<Balancer> {
  const passed: Passed[] = [];
  let turn = 0;
  const proxy = createServer(async (incoming, answer) => {
    const body = await buffer(incoming);
    const first = turn++;
    for (let tries = 0; tries < upstreams.length; tries++) {
      const server = (first + tries) % upstreams.length;
      passed.push({ path: incoming.url ?? '', server });
      const outgoing = passOn(incoming, new URL(upstreams[server] as string));
      answer.once('close', () => outgoing.destroy());
      const error = await answered(outgoing, body, answer);
      if (error === null) return;
      if (!mayRepeat(incoming, error)) break;
    }
    answer.writeHead(502).end('no server answers');
  });
  return { ...(await listen(proxy)), passed };
}

function passOn({ method, url, headers }: IncomingMessage, { hostname, port }: URL): ClientRequest {
  return request({ hostname, port, method, path: url, headers, agent: false });
}

/** Null when an answer has begun. */
function answered(
  outgoing: ClientRequest,
  body: Buffer,
  answer: ServerResponse,
): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    outgoing.on('error', resolve);
    outgoing.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(answer);
      response.on('error', () => answer.destroy());
      resolve(null);
    });
    outgoing.end(body);
  });
}

function mayRepeat({ method }: IncomingMessage, error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNREFUSED' || method === 'GET' || method === 'HEAD';
}

import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createAdaptorServer } from '@hono/node-server';
import express, { type RequestHandler } from 'express';
// @ts-expect-error: the types of Express 4 are not here, and what is used of it is the same
import express4 from 'express4';
import rawBody from 'raw-body';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moinSessions } from '../../../src/web/express.js';
import { withSessions as withFetch } from '../../../src/web/fetch.js';
import { type Handler, withSessions } from '../../../src/web/node.js';
import { deferred } from '../../aid/deferred.js';
import { makeSite, type Site } from '../../aid/site.js';
import { listen, listenHttp2, type Running } from '../../aid/web/listen.js';

let site: Site;
let running: Running;
let others: Running[];
let errors: unknown[];
const onError = (error: unknown) => void errors.push(error);

beforeEach(() => {
  site = makeSite();
  errors = [];
  others = [];
});

afterEach(async () => {
  for (const server of [running, ...others]) await server.close();
});

const TYPE = 'application/x-www-form-urlencoded';
const LOGIN = 'login=1&name=alice&password=alice&address[city]=Kiel';

const post = (path: string, body: string, headers = {}) =>
  fetch(running.origin + path, { method: 'POST', body, headers: { 'content-type': TYPE, ...headers } });

/** What the application answers: who is logged in, and the body as it came to it. */
async function answerTo(path: string, body = LOGIN): Promise<{ user: string | null; body: unknown }> {
  return (await post(path, body)).json() as never;
}

async function serveExpress(framework: typeof express, ...behind: RequestHandler[]): Promise<void> {
  const app = framework();
  app.set('env', 'test');
  app.use(moinSessions(site.sessions, { onError }), ...behind);
  app.use(({ visit, body }, response) => void response.json({ user: visit.user?.name ?? null, body }));
  running = await listen(createServer(app));
}

const echo: Handler = async (request, response) => {
  const body = await text(request);
  response.end(JSON.stringify({ user: request.visit.user?.name ?? null, body }));
};

const AT = [
  ['/login', 'alice'],
  ['/settings', null],
] as const;

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as typeof express],
])('spec 5, the application can read again a body that the middleware read: %s', (_name, framework) => {
  it.each(AT)('urlencoded at %s: nested fields, and verify gets the bytes', async (path, user) => {
    const bytes: string[] = [];
    const verify = (_request: unknown, _response: unknown, buffer: Buffer) => void bytes.push(String(buffer));
    await serveExpress(framework, framework.urlencoded({ extended: true, verify }));
    const nested = { login: '1', name: 'alice', password: 'alice', address: { city: 'Kiel' } };
    expect(await answerTo(path)).toEqual({ user, body: nested });
    const large = { ...nested, x: 'x'.repeat(20_000) };
    expect(await answerTo(path, `${LOGIN}&x=${large.x}`)).toEqual({ user: null, body: large });
    expect(bytes).toEqual([LOGIN, `${LOGIN}&x=${large.x}`]);
  });

  it.each(AT)('raw at %s', async (path, user) => {
    await serveExpress(framework, framework.raw({ type: () => true }));
    const { data } = (await answerTo(path)).body as { data: number[] };
    expect([Buffer.from(data).toString(), (await answerTo(path)).user]).toEqual([LOGIN, user]);
  });

  it('a JSON parser before us leaves forms to us', async () => {
    const app = framework();
    app.use(framework.json(), moinSessions(site.sessions, { onError }));
    app.post('/login', async (request, response) => {
      response.json({ user: request.visit.user?.name ?? null, body: await text(request) });
    });
    running = await listen(createServer(app));
    expect(await answerTo('/login')).toEqual({ user: 'alice', body: LOGIN });
  });
});

describe('spec 5, the application can read again a body that the middleware read: node:http', () => {
  const serve = async (handler: Handler) => {
    running = await listen(createServer(withSessions(site.sessions, handler, { onError })));
  };

  it.each(AT)('a proxy at %s sends it on, byte for byte', async (path, user) => {
    const target = await listen(
      createServer(async (request, response) => {
        response.end(`${request.headers['content-length']} ${await text(request)}`);
      }),
    );
    others.push(target);
    await serve((request, response) => {
      const { method = '', headers } = request;
      const onwards = httpRequest(target.origin, { method, headers }, async (answer: IncomingMessage) => {
        response.end(JSON.stringify({ user: request.visit.user?.name ?? null, body: await text(answer) }));
      });
      request.pipe(onwards);
    });
    expect(await answerTo(path)).toEqual({ user, body: `${LOGIN.length} ${LOGIN}` });
  });

  it.each(AT)('raw-body, which Koa’s parsers use, at %s', async (path, user) => {
    await serve(async (request, response) => {
      const body = await rawBody(request, {
        length: Number(request.headers['content-length']),
        encoding: true,
      });
      response.end(JSON.stringify({ user: request.visit.user?.name ?? null, body }));
    });
    expect(await answerTo(path)).toEqual({ user, body: LOGIN });
  });

  it('when the application does not read it, the connection serves the next request', async () => {
    await serve((request, response) => response.end(`<${request.url} ${request.visit.user?.name ?? null}>`));
    const socket = connect(Number(new URL(running.origin).port), '127.0.0.1');
    const form = `Host: x\r\nContent-Type: ${TYPE}\r\nContent-Length: ${LOGIN.length}\r\n`;
    socket.write(`POST /login HTTP/1.1\r\n${form}\r\n${LOGIN}POST /x HTTP/1.1\r\n${form}\r\n${LOGIN}`);
    socket.write(`POST /login HTTP/1.1\r\n${form}Connection: close\r\n\r\n${LOGIN}`);
    expect((await text(socket)).match(/<.*?>/g)).toEqual(['</login alice>', '</x null>', '</login alice>']);
  });

  it('a slow client that waits for 100-continue', async () => {
    await serve(echo);
    const headers = { 'content-type': TYPE, 'content-length': LOGIN.length, expect: '100-continue' };
    const request = httpRequest(`${running.origin}/login`, { method: 'POST', headers });
    request.flushHeaders();
    await once(request, 'continue');
    for (const byte of LOGIN) await new Promise((sent) => request.write(byte, sent));
    request.end();
    const [response] = await once(request, 'response');
    expect(JSON.parse(await text(response))).toEqual({ user: 'alice', body: LOGIN });
  });

  it('an upload that breaks off at another path: the application gets the error at once', async () => {
    const [begun, broken] = [deferred(), deferred()];
    await serve(async (request) => {
      begun.resolve();
      await text(request).catch(broken.resolve as () => void);
    });
    const socket = connect(Number(new URL(running.origin).port), '127.0.0.1');
    socket.write(`POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\nContent-Length: 50\r\n\r\nlogin=1`);
    await begun.promise;
    socket.destroy();
    await broken.promise;
    expect(errors).toEqual([]);
  });
});

describe('spec 5, the application can read again a body that the middleware read: HTTP/2', () => {
  async function serve() {
    const server = createHttp2Server(withSessions(site.sessions, echo, { onError }));
    const http2 = await listenHttp2(server);
    running = http2.running;
    return http2.client;
  }
  const head = (path: string) => ({
    ':method': 'POST',
    ':path': path,
    'content-type': TYPE,
    'content-length': LOGIN.length,
  });

  it.each(AT)('at %s', async (path, user) => {
    const stream = (await serve()).request(head(path));
    stream.write(LOGIN.slice(0, 7));
    stream.end(LOGIN.slice(7));
    expect(JSON.parse(await text(stream))).toEqual({ user, body: LOGIN });
  });

  it('a visitor who leaves in the middle of a form is not logged in, and the server goes on', async () => {
    const client = await serve();
    const stream = client.request(head('/login'));
    stream.write(LOGIN.slice(0, 27), () => stream.close(8));
    await once(stream, 'close');
    const whole = client.request(head('/login'));
    whole.end(LOGIN);
    expect(JSON.parse(await text(whole))).toEqual({ user: 'alice', body: LOGIN });
    expect(site.users.checks).toBe(1);
  });
});

describe('spec 5, the application can read again a body that the middleware read: Request and Response', () => {
  it.each(AT)('at %s', async (path, user) => {
    const answer = async (request: Request, { user: found }: { user: { name: string } | null }) =>
      Response.json({ user: found?.name ?? null, body: await request.text() });
    const fetched = withFetch(site.sessions, answer as never, { onError });
    running = await listen(createAdaptorServer({ fetch: (request) => fetched(request) }) as never);
    expect(await answerTo(path)).toEqual({ user, body: LOGIN });
  });
});

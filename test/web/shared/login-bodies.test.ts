import { once } from 'node:events';
import { createServer, request } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { json, text } from 'node:stream/consumers';
import formbody from '@fastify/formbody';
import { createAdaptorServer } from '@hono/node-server';
import express, { type ErrorRequestHandler } from 'express';
// @ts-expect-error: the types of Express 4 are not here, and what is used of it is the same
import express4 from 'express4';
import Fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sessions, Visit } from '../../../src/index.js';
import { moinSessions as expressSessions } from '../../../src/web/express.js';
import { moinSessions as fastifySessions } from '../../../src/web/fastify.js';
import { withSessions as withFetch } from '../../../src/web/fetch.js';
import { moinSessions as honoSessions } from '../../../src/web/hono.js';
import { type Handler, withSessions } from '../../../src/web/node.js';
import { makeSite, type Site } from '../../aid/site.js';
import { listen, listenHttp2, type Running } from '../../aid/web/listen.js';

const OPTIONS = { formLimit: 200 };
const userOf = (visit: Visit) => visit.user?.name ?? null;

/** Parses a body as the application does: the error of a malformed one is its own. */
const parsed = (type: string, body: string) => (/^application\/json\b/i.test(type) ? JSON.parse(body) : body);

function serveExpress(framework: typeof express, order: 'before' | 'behind') {
  return (sessions: Sessions): Promise<Running> => {
    const app = framework();
    const parsers = [framework.json(), framework.text({ type: () => true })];
    const ours = expressSessions(sessions, OPTIONS);
    app.use(...(order === 'before' ? [...parsers, ours] : [ours, ...parsers]));
    app.post(/.*/, ({ visit, body }, response) => {
      response.json({ user: userOf(visit), body });
    });
    const onError: ErrorRequestHandler = (error, _request, response, _next) => {
      response.status(error.status ?? 500).end();
    };
    return listen(createServer(app.use(onError)));
  };
}

function serveFastify(prepare: (app: FastifyInstance) => unknown) {
  return async (sessions: Sessions): Promise<Running> => {
    const app = Fastify();
    await prepare(app);
    await app.register(fastifySessions, { sessions, ...OPTIONS });
    app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.post('/*', async ({ visit, body }) => ({ user: userOf(visit), body }));
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    return { origin, close: () => app.close() };
  };
}

const serveNode = (sessions: Sessions) =>
  listen(
    createServer(
      withSessions(
        sessions,
        async (incoming, response) => {
          try {
            const body = parsed(incoming.headers['content-type'] ?? '', await text(incoming));
            response.end(JSON.stringify({ user: userOf(incoming.visit), body }));
          } catch {
            response.writeHead(400).end();
          }
        },
        OPTIONS,
      ),
    ),
  );

async function respond(incoming: Request, visit: Visit): Promise<Response> {
  try {
    const body = parsed(incoming.headers.get('content-type') ?? '', await incoming.text());
    return Response.json({ user: userOf(visit), body });
  } catch {
    return new Response(null, { status: 400 });
  }
}

function serveFetch(sessions: Sessions): Promise<Running> {
  const fetch = withFetch(sessions, respond, OPTIONS);
  return listen(createAdaptorServer({ fetch: (incoming) => fetch(incoming) }) as never);
}

function serveHono(sessions: Sessions): Promise<Running> {
  const app = new Hono().use(honoSessions(sessions, OPTIONS));
  app.post('/*', (context) => respond(context.req.raw, context.get('visit')));
  return listen(createAdaptorServer({ fetch: app.fetch }) as never);
}

const ADAPTERS: [string, (sessions: Sessions) => Promise<Running>][] = [
  ['Express 5, before the parsers', serveExpress(express, 'behind')],
  ['Express 5, behind them', serveExpress(express, 'before')],
  ['Express 4, before the parsers', serveExpress(express4, 'behind')],
  ['Fastify with @fastify/formbody', serveFastify((app) => app.register(formbody))],
  ['Fastify without a parser for forms', serveFastify(() => {})],
  ['Fastify without any parser', serveFastify((app) => app.removeAllContentTypeParsers())],
  ['node:http', serveNode],
  ['Request and Response', serveFetch],
  ['Hono', serveHono],
];

const FORM = 'application/x-www-form-urlencoded';
const FIELDS = { login: true, name: 'alice', password: 'alice', rememberMe: true };
const LOGIN = 'login=1&name=alice&password=alice';

let site: Site;
let running: Running;

beforeEach(() => {
  site = makeSite();
});

afterEach(() => running.close());

/** Posts a body in two parts, with or without its length. */
async function post(
  type: string,
  body: string,
  { path = '/login', chunked = false } = {},
): Promise<{ status: number; user?: unknown; body?: unknown }> {
  const length = chunked ? {} : { 'content-length': Buffer.byteLength(body) };
  const outgoing = request(running.origin + path, {
    method: 'POST',
    headers: { 'content-type': type, ...length },
  });
  const response = once(outgoing, 'response');
  if (body !== '') await new Promise((sent) => outgoing.write(body.slice(0, 9), sent));
  outgoing.end(body.slice(9));
  const [answer] = await response;
  const answered = answer.statusCode === 200 ? await json(answer) : {};
  answer.resume();
  return { status: answer.statusCode, ...(answered as object) };
}

describe.each(ADAPTERS)('spec 5, the same login bodies count in every adapter: %s', (name, start) => {
  const jsonBody = name === 'Fastify without any parser' ? expect.anything() : FIELDS;

  beforeEach(async () => {
    running = await start(site.sessions);
  });

  it.each([
    ['with its length', false],
    ['chunked', true],
  ])('a form, %s', async (_how, chunked) => {
    expect(await post(FORM, LOGIN, { chunked })).toMatchObject({ status: 200, user: 'alice' });
  });

  it.each([
    ['with its length', false],
    ['chunked', true],
  ])('JSON, %s; the application reads it again', async (_how, chunked) => {
    const type = 'Application/JSON; charset=UTF-8';
    expect(await post(type, JSON.stringify(FIELDS), { chunked })).toEqual({
      status: 200,
      user: 'alice',
      body: jsonBody,
    });
  });

  it.each(['', '{', '{"login":true,"name":"alice","password":"alice"'])(
    'malformed JSON (%j) logs nobody in, and the application’s own parser reports it',
    async (body) => {
      const { status, user } = await post('application/json', body, { chunked: true });
      if (status === 200) expect(user).toBeNull();
      else expect(status).toBe(400);
      expect(site.users.checks).toBe(0);
    },
  );

  it.each(['text/plain', 'text/plain; application/json', 'application/jsonx'])(
    'JSON as %s, which a page of another site may send, logs nobody in',
    async (type) => {
      await post(type, JSON.stringify(FIELDS));
      expect(site.users.checks).toBe(0);
    },
  );

  it('JSON at another path, and JSON that is no object, log nobody in', async () => {
    await post('application/json', JSON.stringify(FIELDS), { path: '/settings' });
    for (const body of ['null', '[]', '"login"', '7'])
      expect((await post('application/json', body)).user ?? null).toBeNull();
    expect(site.users.checks).toBe(0);
  });

  it('an empty chunked form logs nobody in, and the application gets its end', async () => {
    expect(await post(FORM, '', { chunked: true })).toMatchObject({ status: 200, user: null });
  });
});

const UNPARSED = ADAPTERS.filter(
  ([name]) => !name.includes('behind them') && !name.startsWith('Fastify with @'),
);

describe.each(UNPARSED)('spec 5, formLimit bounds what is read without a parser: %s', (name, start) => {
  it.each([false, true])('to the byte; chunked: %s', async (chunked) => {
    running = await start(site.sessions);
    const largest = `${LOGIN}&x=`.padEnd(200, 'x');
    expect((await post(FORM, largest, { chunked })).user).toBe('alice');
    await post(FORM, `${largest}x`, { chunked });
    expect(site.users.checks).toBe(1);
  });

  it.each([false, true])('chunked: %s', async (chunked) => {
    running = await start(site.sessions);
    const large = `${LOGIN}&x=${'x'.repeat(200)}`;
    const answer = await post(FORM, large, { chunked });
    expect(answer).toEqual(
      name.startsWith('Fastify') ? { status: chunked ? 413 : 415 } : { status: 200, user: null, body: large },
    );
    expect(site.users.checks).toBe(0);
  });
});

it('spec 5: an empty chunked form that has ended before it is read: the application gets its end', async () => {
  const app = express();
  app.use((_request, _response, next) => void setImmediate(next), expressSessions(site.sessions));
  app.post('/login', async (incoming, response) => {
    response.json({ user: userOf(incoming.visit), body: await text(incoming) });
  });
  running = await listen(createServer(app));
  expect(await post(FORM, '', { chunked: true })).toEqual({ status: 200, user: null, body: '' });
});

describe('spec 5, HTTP/2 has no chunks and needs no Content-Length', () => {
  const head = (path: string) => ({ ':method': 'POST', ':path': path, 'content-type': FORM });

  async function serve() {
    const handler: Handler<Http2ServerRequest, Http2ServerResponse> = async (incoming, response) => {
      response.end(JSON.stringify({ user: userOf(incoming.visit), body: await text(incoming) }));
    };
    const server = createHttp2Server(withSessions(site.sessions, handler, OPTIONS));
    const http2 = await listenHttp2(server);
    running = http2.running;
    return http2.client;
  }

  it.each([LOGIN, '', `${LOGIN}&x=${'x'.repeat(200)}`])('%j', async (body) => {
    const stream = (await serve()).request(head('/login'));
    if (body !== '') await new Promise((sent) => stream.write(body.slice(0, 7), sent));
    stream.end(body.slice(7));
    expect(await json(stream)).toEqual({ user: body === LOGIN ? 'alice' : null, body });
  });

  it.each([0, 8])(
    'a visitor who resets the stream (code %d) in the middle is not logged in',
    async (code) => {
      const client = await serve();
      const stream = client.request(head('/login'));
      stream.on('error', () => {});
      await new Promise((sent) => stream.write(LOGIN, sent));
      stream.close(code);
      await once(stream, 'close');
      const whole = client.request(head('/login'));
      whole.end(LOGIN);
      expect(await json(whole)).toEqual({ user: 'alice', body: LOGIN });
      expect(site.users.checks).toBe(1);
    },
  );
});

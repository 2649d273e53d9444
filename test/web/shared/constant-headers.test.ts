import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerResponse } from 'node:http2';
import { createAdaptorServer } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AuthMethod, Sessions, SessionsOptions } from '../../../src/index.js';
import { moinSessions as expressSessions } from '../../../src/web/express.js';
import { moinSessions as fastifySessions } from '../../../src/web/fastify.js';
import { withSessions as withFetch } from '../../../src/web/fetch.js';
import { moinSessions as honoSessions } from '../../../src/web/hono.js';
import { withSessions } from '../../../src/web/node.js';
import { makeSite } from '../../aid/site.js';
import { listen, listenHttp2, type Running } from '../../aid/web/listen.js';

const LEGACY = ['legacy=; Max-Age=0', 'older=; Max-Age=0'];
/** The headers that an application or an auth method sends with each of its responses. */
const list = [...LEGACY];
const fields = { 'set-cookie': list };
const flat = ['set-cookie', list];
const pairs = [
  ['set-cookie', list],
  ['set-cookie', 'another=1'],
];
const constants = { list, fields, flat, pairs };
const before = structuredClone(constants);

type Send = (response: ServerResponse) => unknown;
type Start = (sessions: Sessions, send: Send) => Promise<Running>;

const sendSet: Send = (response) => {
  response.setHeader('Set-Cookie', list);
  response.end('page');
};
const WAYS: [string, Send][] = [
  ['setHeader', sendSet],
  ['writeHead with an object', (response) => response.writeHead(200, fields).end('page')],
  ['writeHead with a list', (response) => response.writeHead(200, flat as never).end('page')],
  ['writeHead with pairs', (response) => response.writeHead(200, pairs as never).end('page')],
];

const serveNode: Start = (sessions, send) =>
  listen(createServer(withSessions(sessions, (_request, response) => send(response))));

const serveExpress: Start = (sessions, send) => {
  const app = express().use(expressSessions(sessions));
  app.use((_request: IncomingMessage, response: ServerResponse) => void send(response));
  return listen(createServer(app));
};

const serveFastify: Start = async (sessions, send) => {
  const app = Fastify();
  await app.register(fastifySessions, { sessions });
  app.get('/', async (_request, reply) => send(reply.hijack().raw));
  app.get('/reply', async (_request, reply) => reply.header('set-cookie', list).send('page'));
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return { origin, close: () => app.close() };
};

const serveFetch: Start = (sessions) => {
  const handle = withFetch(sessions, () => new Response('page'));
  return listen(createAdaptorServer({ fetch: (request) => handle(request) }) as never);
};

const serveHono: Start = (sessions) => {
  const app = new Hono().use(honoSessions(sessions)).get('/', (context) => context.text('page'));
  return listen(createAdaptorServer({ fetch: app.fetch }) as never);
};

const NODE: [string, Start][] = [
  ['node', serveNode],
  ['express', serveExpress],
  ['fastify', serveFastify],
];
const ALL: [string, Start][] = [...NODE, ['fetch', serveFetch], ['hono', serveHono]];

/** The cookies that each of two visitors gets. */
async function cookiesOfTwo(
  start: Start,
  send: Send,
  { path = '/', auth }: { path?: string; auth?: SessionsOptions['auth'] } = {},
): Promise<string[][]> {
  const running = await start(makeSite(auth && { auth }).sessions, send);
  onTestFinished(async () => void (await running.close()));
  const get = async () => (await fetch(running.origin + path)).headers.getSetCookie();
  return [await get(), await get()];
}

/** Expects the application's own cookies and one token of ours, another one for each visitor; and no constant changed. */
function expectOneTokenEach(cookies: string[][], own: readonly string[] = LEGACY): void {
  const ours = expect.stringMatching(/^MOIN_SESSION=anon\./);
  expect(cookies).toEqual([
    [...own, ours],
    [...own, ours],
  ]);
  expect(cookies[0]?.at(-1)).not.toBe(cookies[1]?.at(-1));
  expect(constants).toEqual(before);
}

beforeEach(() => void list.splice(0, list.length, ...LEGACY));

describe.each(NODE)('a constant list of cookies gets no visitor’s token: %s', (_, start) => {
  it.each(WAYS)('%s', async (way, send) => {
    const own = way.endsWith('pairs') ? [...LEGACY, 'another=1'] : LEGACY;
    expectOneTokenEach(await cookiesOfTwo(start, send), own);
  });
});

it('a constant list of cookies gets no visitor’s token: Fastify, reply.header', async () => {
  expectOneTokenEach(await cookiesOfTwo(serveFastify, () => {}, { path: '/reply' }));
});

it.each(WAYS.slice(0, 2))(
  'a constant list of cookies gets no visitor’s token: HTTP/2, %s',
  async (_, send) => {
    const { sessions } = makeSite();
    const handler = (_request: unknown, response: Http2ServerResponse) => send(response as never);
    const { client, running } = await listenHttp2(createHttp2Server(withSessions(sessions, handler)));
    onTestFinished(async () => void (await running.close()));
    const get = () =>
      new Promise<string[]>((resolve) => {
        const stream = client.request({ ':path': '/' });
        stream.on('response', (headers) => resolve(headers['set-cookie'] ?? []));
        stream.resume();
      });
    expectOneTokenEach([await get(), await get()]);
  },
);

it.each(ALL)('a constant answer of an auth method gets no visitor’s token: %s', async (_, start) => {
  const response = { status: 401, headers: fields as never, body: 'no' };
  const gate: AuthMethod = {
    name: 'gate',
    authenticate: (_request, { user }) => ({ user, continue: true, response }),
  };
  const auth = [gate, 'moin_session' as const, 'moin_anon_session' as const];
  expectOneTokenEach(await cookiesOfTwo(start, () => {}, { auth }));
});

it('what middleware appends behind a head of ours does not reach the application’s list', async () => {
  const sessions = makeSite().sessions;
  const server = createServer((request, response) => {
    const { writeHead } = response;
    // As on-headers does: the last word before the head goes out.
    response.writeHead = (...args: unknown[]) => {
      response.appendHeader('set-cookie', 'late=1');
      return Reflect.apply(writeHead, response, args);
    };
    withSessions(sessions, () => response.writeHead(200, fields).end())(request, response);
  });
  const running = await listen(server);
  onTestFinished(async () => void (await running.close()));
  await (await fetch(running.origin)).text();
  expect(constants).toEqual(before);
});

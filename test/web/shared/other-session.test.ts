import { createServer } from 'node:http';
import express, { type RequestHandler } from 'express';
import session from 'express-session';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moinSessions } from '../../../src/web/express.js';
import { moinSessions as fastifySessions } from '../../../src/web/fastify.js';
import { withSessions } from '../../../src/web/node.js';
import { makeSite, type Site } from '../../aid/site.js';
import { listen, type Running } from '../../aid/web/listen.js';

let site: Site;
let running: Running | undefined;

beforeEach(() => {
  site = makeSite();
});

afterEach(async () => {
  await running?.close();
  running = undefined;
});

const ASSIGNED =
  'request.session cannot be replaced: set values with session.set(key, value), end it with await session.destroy()';

/** Tries to replace a request's session, in code that is not strict: the error that it gets, as text. */
const replace = new Function(
  'request',
  'value',
  'try { request.session = value } catch (error) { return String(error) }',
);
const attempts = (request: object) => [{ views: 1 }, null, undefined].map((value) => replace(request, value));

const otherLibrary: RequestHandler = session({
  secret: 'x',
  resave: false,
  saveUninitialized: true,
}) as never;

/** What the application answers, or the message of the error that it gets. */
async function answerOf(...handlers: RequestHandler[]): Promise<string> {
  const app = express().use(...handlers, (_request, response) => void response.end('fine'));
  const showError: express.ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(500).end(error.message);
  };
  running = await listen(createServer(app.use(showError)));
  return (await fetch(running.origin)).text();
}

describe('spec 5: the session of a request cannot be replaced', () => {
  const refused = Array.from({ length: 3 }, () => `TypeError: ${ASSIGNED}`);

  it('Express', async () => {
    const answer = await answerOf(moinSessions(site.sessions), (request, response) => {
      response.end(JSON.stringify([attempts(request), request.session === request.visit.session]));
    });
    expect(JSON.parse(answer)).toEqual([refused, true]);
  });

  it('node:http', async () => {
    const listener = withSessions(site.sessions, (request, response) => {
      response.end(JSON.stringify([attempts(request), request.session === request.visit.session]));
    });
    running = await listen(createServer(listener));
    expect(await (await fetch(running.origin)).json()).toEqual([refused, true]);
  });

  it('Fastify', async () => {
    const app = Fastify();
    await app.register(fastifySessions, { sessions: site.sessions });
    app.get('/', async (request) => [attempts(request), request.session === request.visit.session]);
    expect((await app.inject('/')).json()).toEqual([refused, true]);
  });
});

describe('spec 5: one request, one session', () => {
  it('express-session before us is an error that names the remedy', async () => {
    const answer = await answerOf(otherLibrary, moinSessions(site.sessions));
    expect(answer).toContain('a session of another library (express-session, cookie-session) already');
    expect(answer).toContain('moin-sessions/express-session');
  });

  it('cookie-session before us, whose session is an accessor, and null at times', async () => {
    const cookieSession: RequestHandler = (request, _response, next) => {
      Object.defineProperty(request, 'session', { configurable: true, get: () => null, set: () => {} });
      next();
    };
    expect(await answerOf(cookieSession, moinSessions(site.sessions))).toContain('of another library');
  });

  it('node:http: a session that is there already is an error, and a 500', async () => {
    const errors: unknown[] = [];
    const listener = withSessions(site.sessions, () => {}, { onError: (error) => errors.push(error) });
    const wrapped = (...[request, response]: Parameters<typeof listener>) =>
      listener(Object.assign(request, { session: {} }) as never, response as never);
    running = await listen(createServer(wrapped as never));
    expect((await fetch(running.origin)).status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ name: 'ConfigurationError' })]);
  });

  it('a second moinSessions with other sessions is an error; the same sessions twice are one visit', async () => {
    const other = makeSite();
    expect(await answerOf(moinSessions(site.sessions), moinSessions(other.sessions))).toBe(
      'the request has a visit of other sessions already: call moinSessions once, or always with the same sessions',
    );
    await running?.close();
    expect(await answerOf(moinSessions(site.sessions), moinSessions(site.sessions))).toBe('fine');
  });

  it('Fastify: a second plugin, and one beside @fastify/session, are errors', async () => {
    const app = Fastify();
    await app.register(fastifySessions, { sessions: site.sessions });
    await expect(app.register(fastifySessions, { sessions: site.sessions })).rejects.toThrow(
      'register it once',
    );
    const other = Fastify().decorateRequest('session', null as never);
    await expect(other.register(fastifySessions, { sessions: site.sessions })).rejects.toThrow(
      'register one of them',
    );
  });
});

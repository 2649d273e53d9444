import { once } from 'node:events';
import cookieSession from 'cookie-session';
import express from 'express';
import session from 'express-session';
import { getIronSession } from 'iron-session';
import { moinSessions } from '../../dist/web/express.js';
import { makeFileStore, makeMemoryStore, makeRedisStore } from '../contestants/peers.mjs';
import { ourSessions } from './ours.mjs';
import { MAP, noSession, PROPERTIES, ROUTES } from './values.mjs';

const MAX_AGE = 43_200_000;
const CHANGES = new Set(['/fill', '/write']);

/** By name: the middleware, how its session is used, and `save` if the application must call it. */
export const KINDS = {
  bare: async () => ({ middleware: bare(), values: PROPERTIES }),
  'moin-sessions, files': async () => ({ middleware: moinSessions(ourSessions('file:')), values: MAP }),
  'moin-sessions, memory': async () => ({ middleware: moinSessions(ourSessions('memory:')), values: MAP }),
  'moin-sessions, Redis': async (redisUrl) => ({
    middleware: moinSessions(ourSessions(redisUrl)),
    values: MAP,
  }),
  MemoryStore: async () => withStore(makeMemoryStore()),
  'connect-redis': async (redisUrl) => withStore((await makeRedisStore(redisUrl)).store),
  'session-file-store': async () => withStore(makeFileStore()),
  'cookie-session': async () => ({
    middleware: cookieSession({ keys: ['bench'], maxAge: MAX_AGE }),
    values: PROPERTIES,
  }),
  'iron-session': async () => ({ middleware: iron, values: PROPERTIES, save: (session) => session.save() }),
};

function bare() {
  const shared = noSession();
  return (request, _response, next) => {
    request.session = shared;
    next();
  };
}

/** The options that the manual of express-session recommends. */
function withStore(store) {
  const options = { secret: 'bench', resave: false, saveUninitialized: false, cookie: { maxAge: MAX_AGE } };
  return { middleware: session({ store, ...options }), values: PROPERTIES };
}

const IRON = {
  password: 'a password of at least thirty-two characters',
  cookieName: 'iron',
  ttl: MAX_AGE / 1000,
  cookieOptions: { secure: false },
};

function iron(request, response, next) {
  getIronSession(request, response, IRON).then((session) => {
    request.session = session;
    next();
  }, next);
}

/** @returns the port */
export async function listen({ middleware, values, save }) {
  const app = express();
  app.use(middleware);
  for (const [path, route] of Object.entries(ROUTES)) {
    app.get(path, (request, response, next) => {
      const text = route(request.session, values);
      if (save === undefined || !CHANGES.has(path)) response.send(text);
      else save(request.session).then(() => response.send(text), next);
    });
  }
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

import fastifyCookie from '@fastify/cookie';
import secureSession from '@fastify/secure-session';
import fastifySession from '@fastify/session';
import Fastify from 'fastify';
import { moinSessions } from '../../dist/web/fastify.js';
import { ourSessions, SECRET } from './ours.mjs';
import { MAP, noSession, PROPERTIES, ROUTES } from './values.mjs';

const MAX_AGE = 43_200_000;

/** By name: what registers the sessions, and how a session is used. */
export const KINDS = {
  bare: async () => ({ register: bare, values: PROPERTIES }),
  'moin-sessions, files': async () => ours('file:'),
  'moin-sessions, memory': async () => ours('memory:'),
  '@fastify/session': async () => ({ register: withMemoryStore, values: MAP }),
  '@fastify/secure-session': async () => ({ register: withoutStore, values: MAP }),
};

async function bare(app) {
  const shared = noSession();
  app.decorateRequest('session', null);
  app.addHook('onRequest', async (request) => {
    request.session = shared;
  });
}

function ours(scheme) {
  const register = (app) => app.register(moinSessions, { sessions: ourSessions(scheme) });
  return { register, values: MAP };
}

/** Its options say the same as those of express-session. */
async function withMemoryStore(app) {
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    secret: SECRET.toString('hex'),
    saveUninitialized: false,
    rolling: false,
    cookie: { secure: false, maxAge: MAX_AGE },
  });
}

async function withoutStore(app) {
  await app.register(secureSession, { key: SECRET, cookie: { path: '/', maxAge: MAX_AGE / 1000 } });
}

/** @returns the port */
export async function listen({ register, values }) {
  const app = Fastify();
  await register(app);
  for (const [path, route] of Object.entries(ROUTES))
    app.get(path, async (request) => route(request.session, values));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
}

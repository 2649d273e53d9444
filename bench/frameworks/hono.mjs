import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { moinSessions } from '../../dist/web/hono.js';
import { ourSessions } from './ours.mjs';
import { MAP, noSession, PROPERTIES, ROUTES } from './values.mjs';

/** By name: the middleware, and how its session is used. */
export const KINDS = {
  bare: async () => ({ middleware: bare(), values: PROPERTIES }),
  'moin-sessions, files': async () => ({ middleware: moinSessions(ourSessions('file:')), values: MAP }),
  'moin-sessions, memory': async () => ({ middleware: moinSessions(ourSessions('memory:')), values: MAP }),
};

function bare() {
  const shared = noSession();
  return (context, next) => {
    context.set('session', shared);
    return next();
  };
}

/** @returns the port */
export async function listen({ middleware, values }) {
  const app = new Hono();
  app.use(middleware);
  for (const [path, route] of Object.entries(ROUTES))
    app.get(path, (context) => context.text(route(context.get('session'), values)));
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
  });
}

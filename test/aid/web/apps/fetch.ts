import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { Visit } from '../../../../src/index.js';
import { withSessions } from '../../../../src/web/fetch.js';
import type { App } from '../adapter.js';
import { listen, type Running } from '../listen.js';

export function fetchApp({ sessions, onError, gate }: App): Promise<Running> {
  const app = new Hono<{ Bindings: HttpBindings & { visit: Visit } }>();
  app.get('/count', ({ env: { visit }, json }) => {
    const count = Number(visit.session.get('count') ?? 0) + 1;
    visit.session.set('count', count);
    return json({ count, user: visit.user?.name ?? null });
  });
  app.on('POST', ['/login', '/logout'], async ({ req, json }) => json(await req.parseBody()));
  app.get('/go', ({ env: { visit }, redirect }) => {
    visit.session.set('went', true);
    return redirect('/count');
  });
  app.get('/fail', ({ env: { visit } }) => {
    visit.session.set('failed', true);
    throw new Error('the handler failed');
  });
  app.get('/stream', (context) => {
    const { session } = context.env.visit;
    session.set('first', 1);
    return stream(context, async (body) => {
      await body.write('one');
      await gate;
      session.set('second', 2);
      await body.write('two');
    });
  });
  app.get('/late', (context) =>
    stream(context, async (body) => {
      await body.write('one');
      await gate;
      context.env.visit.session.set('late', 1);
      await body.write('two');
    }),
  );
  app.get('/headers', ({ env: { visit }, body }) => {
    visit.session.set('x', 1);
    return body('x', 200, { 'set-cookie': 'own=1', vary: 'Accept', 'cache-control': 'no-store' });
  });
  app.get('/empty', ({ env: { visit }, body }) => {
    visit.session.set('x', 1);
    return body(null, 304);
  });
  app.get('/nothing', ({ text }) => text('nothing'));
  app.get('/cached', ({ body }) =>
    body('x', 200, { vary: 'Accept-Encoding', 'cache-control': 'public, max-age=60' }),
  );
  app.onError((error) => {
    throw error;
  });
  const fetch = withSessions(
    sessions,
    (request, visit, env: HttpBindings) => app.fetch(request, { ...env, visit }),
    {
      onError,
      connection: (_request, { incoming }) => ({ remoteAddress: incoming.socket.remoteAddress }),
    },
  );
  return listen(
    createAdaptorServer({ fetch: (request, env) => fetch(request, env as HttpBindings) }) as never,
  );
}

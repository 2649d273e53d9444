import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { stream } from 'hono/streaming';
import { moinSessions } from '../../../../src/web/hono.js';
import type { App } from '../adapter.js';
import { listen, type Running } from '../listen.js';

export function honoApp({ sessions, onError, gate }: App): Promise<Running> {
  const app = new Hono().use(moinSessions(sessions, { onError }));
  app.get('/count', (context) => {
    const { session, visit } = context.var;
    const count = Number(session.get('count') ?? 0) + 1;
    session.set('count', count);
    return context.json({ count, user: visit.user?.name ?? null });
  });
  app.on('POST', ['/login', '/logout'], async ({ req, json }) => json(await req.parseBody()));
  app.get('/go', (context) => {
    context.get('session').set('went', true);
    return context.redirect('/count');
  });
  app.get('/fail', (context) => {
    context.get('session').set('failed', true);
    throw new HTTPException(500, { message: 'the handler failed' });
  });
  app.get('/stream', (context) => {
    const session = context.get('session');
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
      context.get('session').set('late', 1);
      await body.write('two');
    }),
  );
  app.get('/headers', (context) => {
    context.get('session').set('x', 1);
    return context.body('x', 200, { 'set-cookie': 'own=1', vary: 'Accept', 'cache-control': 'no-store' });
  });
  app.get('/empty', (context) => {
    context.get('session').set('x', 1);
    return context.body(null, 304);
  });
  app.get('/nothing', ({ text }) => text('nothing'));
  app.get('/cached', ({ body }) =>
    body('x', 200, { vary: 'Accept-Encoding', 'cache-control': 'public, max-age=60' }),
  );
  return listen(createAdaptorServer({ fetch: app.fetch }) as never);
}

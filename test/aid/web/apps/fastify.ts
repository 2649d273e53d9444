import { PassThrough } from 'node:stream';
import Fastify from 'fastify';
import { moinSessions } from '../../../../src/web/fastify.js';
import type { App } from '../adapter.js';
import type { Running } from '../listen.js';

export async function fastifyApp({ sessions, onError, gate }: App): Promise<Running> {
  const app = Fastify({ exposeHeadRoutes: true });
  await app.register(moinSessions, { sessions, onError });
  app.get('/count', async ({ session, visit }) => {
    const count = Number(session.get('count') ?? 0) + 1;
    session.set('count', count);
    return { count, user: visit.user?.name ?? null };
  });
  for (const path of ['/login', '/logout']) app.post(path, async ({ body }) => body);
  app.get('/go', async ({ session }, reply) => {
    session.set('went', true);
    return reply.redirect('/count');
  });
  app.get('/fail', async ({ session }) => {
    session.set('failed', true);
    throw new Error('the handler failed');
  });
  app.get('/stream', async ({ session }, reply) => {
    session.set('first', 1);
    const body = new PassThrough();
    body.write('one');
    void gate.then(() => {
      session.set('second', 2);
      body.end('two');
    });
    return reply.send(body);
  });
  app.get('/late', async ({ session }, reply) => {
    const body = new PassThrough();
    body.write('one');
    void gate.then(() => {
      session.set('late', 1);
      body.end('two');
    });
    return reply.send(body);
  });
  app.get('/headers', async ({ session }, reply) => {
    session.set('x', 1);
    return reply.headers({ 'set-cookie': 'own=1', vary: 'Accept', 'cache-control': 'no-store' }).send('x');
  });
  app.get('/empty', async ({ session }, reply) => {
    session.set('x', 1);
    return reply.code(304).send();
  });
  app.get('/nothing', async () => 'nothing');
  app.get('/cached', async (_request, reply) =>
    reply.headers({ vary: 'Accept-Encoding', 'cache-control': 'public, max-age=60' }).send('x'),
  );
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return { origin, close: () => app.close() };
}

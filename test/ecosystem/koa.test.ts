import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { type Handler, withSessions } from '../../src/web/node.js';
import { need } from '../aid/need.js';
import { describeAdapter } from '../aid/web/adapter.js';
import { listen } from '../aid/web/listen.js';

/** Koa has no types of its own: what these tests use of it. */
interface Context {
  req: Parameters<Handler>[0];
  path: string;
  method: string;
  body: unknown;
  status: number;
  redirect(url: string): void;
  set(fields: Record<string, string>): void;
}
interface Application {
  use(middleware: (context: Context) => Promise<void>): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  callback(): Handler;
}

const NAME: string = 'koa';
const Koa: (new () => Application) | null = await import(NAME).then(
  (module) => module.default,
  () => null,
);

it('Koa is installed', (context) => {
  need(context, Koa === null ? "Koa is not installed: run 'npm run ecosystem:install'" : null);
  expect(Koa).toBeTypeOf('function');
});

if (Koa !== null)
  describeAdapter('Koa, by /node', ({ sessions, onError, gate }) => {
    const app = new Koa();
    app.on('error', () => {});
    const routes: Record<string, (context: Context) => unknown> = {
      '/count': (context) => {
        const { session, visit } = context.req;
        const count = Number(session.get('count') ?? 0) + 1;
        session.set('count', count);
        context.body = { count, user: visit.user?.name ?? null };
      },
      '/go': (context) => {
        context.req.session.set('went', true);
        context.redirect('/count');
      },
      '/fail': ({ req }) => {
        req.session.set('failed', true);
        throw new Error('the handler failed');
      },
      '/stream': (context) => {
        context.req.session.set('first', 1);
        const body = new PassThrough();
        context.body = body;
        body.write('one');
        void gate.then(() => {
          context.req.session.set('second', 2);
          body.end('two');
        });
      },
      '/late': (context) => {
        const body = new PassThrough();
        context.body = body;
        body.write('one');
        void gate.then(() => {
          context.req.session.set('late', 1);
          body.end('two');
        });
      },
      '/nothing': (context) => {
        context.body = 'nothing';
      },
      '/cached': (context) => {
        context.set({ vary: 'Accept-Encoding', 'cache-control': 'public, max-age=60' });
        context.body = 'x';
      },
      '/headers': (context) => {
        context.req.session.set('x', 1);
        context.set({ 'set-cookie': 'own=1', vary: 'Accept', 'cache-control': 'no-store' });
        context.body = 'x';
      },
      '/empty': (context) => {
        context.req.session.set('x', 1);
        context.status = 304;
      },
    };
    app.use(async (context) => {
      const route = routes[context.path];
      if (context.method === 'POST')
        context.body = Object.fromEntries(new URLSearchParams(await text(context.req)));
      else await route?.(context); // else Koa answers 404
    });
    return listen(createServer(withSessions(sessions, app.callback(), { onError })));
  });

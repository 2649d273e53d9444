import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseFields } from '../../../../src/http/body.js';
import { type Visited, withSessions } from '../../../../src/web/node.js';
import type { App } from '../adapter.js';
import { listen, type Running } from '../listen.js';

type Request = IncomingMessage & Visited;

async function echo(request: Request, response: ServerResponse): Promise<void> {
  response.end(JSON.stringify(parseFields(await text(request))));
}

function routes(
  gate: Promise<void>,
): Record<string, (request: Request, response: ServerResponse) => unknown> {
  return {
    '/count': ({ session, visit }, response) => {
      const count = Number(session.get('count') ?? 0) + 1;
      session.set('count', count);
      response.end(JSON.stringify({ count, user: visit.user?.name ?? null }));
    },
    '/login': echo,
    '/logout': echo,
    '/go': ({ session }, response) => {
      session.set('went', true);
      response.writeHead(302, { location: '/count' }).end();
    },
    '/fail': ({ session }) => {
      session.set('failed', true);
      throw new Error('the handler failed');
    },
    '/stream': async ({ session }, response) => {
      session.set('first', 1);
      response.write('one');
      await gate;
      session.set('second', 2);
      response.end('two');
    },
    '/late': async ({ session }, response) => {
      response.write('one');
      await gate;
      session.set('late', 1);
      response.end('two');
    },
    '/headers': ({ session }, response) => {
      session.set('x', 1);
      response.setHeader('set-cookie', 'own=1');
      response.writeHead(200, 'Fine', ['Vary', 'Accept', 'Cache-Control', 'no-store']).end('x');
    },
    '/empty': ({ session }, response) => {
      session.set('x', 1);
      response.writeHead(304).end();
    },
    '/nothing': (_request, response) => response.end('nothing'),
    '/cached': (_request, response) => {
      const headers = { Vary: 'Accept-Encoding', 'Cache-Control': 'public, max-age=60' };
      response.writeHead(200, headers).end('x');
    },
  };
}

export function nodeApp({ sessions, onError, gate }: App): Promise<Running> {
  const handlers = routes(gate);
  const nowhere = (_request: Request, response: ServerResponse) => response.writeHead(404).end();
  const handler = (request: Request, response: ServerResponse) =>
    (handlers[request.url?.split('?')[0] ?? ''] ?? nowhere)(request, response);
  return listen(createServer(withSessions(sessions, handler, { onError })));
}

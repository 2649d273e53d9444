import { once } from 'node:events';
import { createServer } from 'node:http';
import { withSessions } from '../../dist/web/node.js';
import { ourSessions } from './ours.mjs';
import { MAP, noSession, PROPERTIES, ROUTES } from './values.mjs';

/** By name: what gives a listener sessions, and how a session is used. */
export const KINDS = {
  bare: async () => ({ wrap: bare, values: PROPERTIES }),
  'moin-sessions, files': async () => ours('file:'),
  'moin-sessions, memory': async () => ours('memory:'),
};

function bare(listener) {
  const shared = noSession();
  return (request, response) => {
    request.session = shared;
    return listener(request, response);
  };
}

function ours(scheme) {
  const sessions = ourSessions(scheme);
  return { wrap: (listener) => withSessions(sessions, listener), values: MAP };
}

/** @returns the port */
export async function listen({ wrap, values }) {
  const listener = wrap((request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(ROUTES[request.url](request.session, values));
  });
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

import type { TLSSocket } from 'node:tls';
import type { Context } from 'hono';
import type { Connection } from '../fetch/request.js';
import { connectionOf } from '../node/request.js';
import type { NodeRequest, NodeResponse } from '../node/server-types.js';

/** What the socket of `@hono/node-server` says. */
export function nodeConnection(context: Context): Connection {
  const { incoming } = serverOf(context);
  return incoming === undefined ? {} : connectionOf(incoming.socket as TLSSocket);
}

/** The URL as it was sent. A `connection` of the application's own need not know it. */
export function sentUrl(context: Context): Connection {
  const { incoming } = serverOf(context);
  return incoming === undefined ? {} : { url: incoming.url };
}

/** Request and response of `@hono/node-server`; none on another server. */
export function serverOf({ env }: Context): { incoming?: NodeRequest; outgoing?: NodeResponse } {
  return (env as ReturnType<typeof serverOf> | undefined) ?? {};
}

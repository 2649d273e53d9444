import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isError } from '../../base/realm.js';

/**
 * Gives error handlers a visit when a request fails before its visit has begun: a body that cannot be parsed, an error of an
 * `onRequest` or `preParsing` hook. Fastify has no hook for that, so until the visit begins each reply has a `send` of its
 * own, which begins the visit before it sends an error.
 */
export function beginBeforeErrors(
  app: FastifyInstance,
  begin: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
): void {
  function send(this: FastifyReply, payload?: unknown): FastifyReply {
    sendAsUsual(this);
    if (!isError(payload)) return this.send(payload);
    begin(this.request, this).then(
      () => this.send(payload),
      (error) => this.send(error),
    );
    return this;
  }
  app.addHook('onRequest', (_request, reply, done) => {
    reply.send = send;
    done();
  });
}

/** Takes the `send` of `beginBeforeErrors` off a reply. */
export function sendAsUsual(reply: FastifyReply): void {
  delete (reply as { send?: unknown }).send;
}

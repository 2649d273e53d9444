import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isError } from '../../base/realm.js';

type Send = FastifyReply['send'];

/**
 * Gives error handlers a visit when a request fails before its visit has begun: a body that cannot be parsed, an error of an
 * `onRequest` or `preParsing` hook. Fastify's `onError` hooks run before error handlers, but cannot replace the error by the
 * store's when no visit begins. So until then each reply has a `send` of its own, which begins the visit before it sends an
 * error.
 * @returns takes that `send` off a reply whose visit begins
 */
export function beginBeforeErrors(
  app: FastifyInstance,
  begin: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
): (reply: FastifyReply) => void {
  function send(this: FastifyReply, payload?: unknown): FastifyReply {
    const hasBegun = begun.has(this);
    sendAsUsual(this);
    const sendUsually = replaced.get(this) ?? (Object.getPrototypeOf(this).send as Send);
    if (hasBegun || !isError(payload)) return sendUsually.call(this, payload);
    markSent(this);
    const finish = (error: unknown) => {
      unmarkSent(this);
      sendUsually.call(this, error);
    };
    begin(this.request, this).then(() => finish(payload), finish);
    return this;
  }
  function sendAsUsual(reply: FastifyReply): void {
    const before = replaced.get(reply);
    if (reply.send !== send) begun.add(reply);
    else if (before !== undefined) reply.send = before;
    else delete (reply as { send?: unknown }).send;
  }
  app.addHook('onRequest', (_request, reply, done) => {
    if (Object.hasOwn(reply, 'send')) replaced.set(reply, reply.send);
    reply.send = send;
    done();
  });
  return sendAsUsual;
}

/** The `send` that another plugin had put on a reply before ours. */
const replaced = new WeakMap<FastifyReply, Send>();

/** Replies on which another plugin's `send` still calls ours. */
const begun = new WeakSet<FastifyReply>();

/**
 * Says that the answer is under way: after a `send` Fastify runs no further hook and no handler, whether or not the hook
 * returned the reply.
 */
function markSent(reply: FastifyReply): void {
  Object.defineProperty(reply, 'sent', { value: true, configurable: true });
}

function unmarkSent(reply: FastifyReply): void {
  delete (reply as { sent?: unknown }).sent;
}

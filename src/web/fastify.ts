/// <reference types="node" preserve="true" />
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConfigurationError } from '../base/errors.js';
import { own } from '../base/own.js';
import { andThen, recover, type Soon } from '../base/soon.js';
import { loginForm } from '../http/login-form.js';
import type { Session } from '../session/session.js';
import type { Sessions } from '../sessions.js';
import type { Visit } from '../visit/visit.js';
import { beginBeforeErrors } from './fastify/early-errors.js';
import { parseLoginBodies, restoreType } from './fastify/login-body.js';
import { beginVisit } from './node/begin-visit.js';
import { hookServerResponse } from './node/hold/hooks.js';
import { copyOf } from './node/response.js';
import { type Adapter, createAdapter } from './shared/adapter.js';
import type { AdapterOptions } from './shared/options.js';
import { refuseNewSession } from './shared/visited.js';

export type { AdapterOptions };
export { loginForm };

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * The user, the session, and what the auth chain did. Null before the `preValidation` hook of `moinSessions`, such as in
     * `onRequest` hooks; for the error handler when no visit could begin; and where `moinSessions` does not apply.
     */
    visit: Visit;
    /** The same as `visit.session`. It cannot be replaced. Undefined where `visit` is null. */
    readonly session: Session;
  }
}

export interface FastifyOptions extends AdapterOptions<FastifyRequest> {
  sessions: Sessions;
}

/** The options that Fastify itself takes at `register`. */
const REGISTER_OPTIONS = ['prefix', 'logLevel', 'logSerializers'];

/**
 * Sessions for Fastify: `app.register(moinSessions, { sessions })`. A visit begins when the body is parsed:
 * `preValidation` hooks and all later ones have it, and so do error handlers, whatever failed before. The application's own
 * parsers, such as `@fastify/formbody`, parse bodies wherever they are registered. A form or JSON at one of the `loginPaths`
 * that no parser takes is parsed here, up to `formLimit`.
 *
 * The response's bytes wait until the session is saved. An error of the chain or of the store before the handler goes to
 * Fastify's error handler. A save that fails goes to `onError` (default: the request's log), and the visitor gets a 500,
 * or a cut connection when the response has begun.
 */
export async function moinSessions(app: FastifyInstance, options: FastifyOptions): Promise<void> {
  assertCanRegister(app, options);
  const adapter = createAdapter(options.sessions, options, ['sessions', ...REGISTER_OPTIONS]);
  hookServerResponse();
  const adapterOf = own(options, 'onError') === undefined ? withLog(adapter) : () => adapter;
  app.decorateRequest('visit', null as unknown as Visit);
  app.decorateRequest('session', { getter: sessionOf, setter: refuseNewSession } as never);
  const sendAsUsual = beginBeforeErrors(app, (request, reply) =>
    beginFailed(request, reply, adapterOf(request)),
  );
  parseLoginBodies(app, adapter.forms);
  app.addHook('preValidation', (request, reply, done) => {
    sendAsUsual(reply);
    const goesOn = recover(
      () => begin(request, reply, adapterOf(request)),
      (error) => {
        done(error as Error);
        return false;
      },
    );
    andThen(goesOn, (on) => on && done());
  });
}

// The hooks apply to the whole application, as with fastify-plugin.
Object.assign(moinSessions, { [Symbol.for('skip-override')]: true });

function assertCanRegister(app: FastifyInstance, { sessions }: FastifyOptions): void {
  if (sessions === undefined) {
    throw new ConfigurationError(
      'the Fastify plugin needs sessions: app.register(moinSessions, { sessions })',
    );
  }
  if (app.hasRequestDecorator('visit'))
    throw new ConfigurationError('the Fastify plugin is registered already: register it once');
  if (app.hasRequestDecorator('session')) {
    throw new ConfigurationError(
      'another plugin, such as @fastify/session, gives requests a session already: register one of them',
    );
  }
}

function sessionOf(this: FastifyRequest): Session {
  return this.visit?.session;
}

/** Reports errors to the log of their request. */
function withLog({ sessions, forms }: Adapter): (request: FastifyRequest) => Adapter {
  return ({ log }) => ({ sessions, forms, onError: (error) => log.error(error) });
}

/** Returns false when an auth method has answered. */
function begin(request: FastifyRequest, reply: FastifyReply, adapter: Adapter): Soon<boolean> {
  return andThen(beginVisit(adapter, request.raw, reply.raw, request), (visit) => {
    request.visit = visit;
    if (visit.response === null) return true;
    const { status, headers, body = '' } = visit.response;
    for (const [name, value] of Object.entries(headers)) reply.header(name, copyOf(value));
    reply.code(status).send(body);
    return false;
  });
}

/** The visit of a request that failed before: it logs nobody in or out, and its error is the answer. */
async function beginFailed(request: FastifyRequest, reply: FastifyReply, adapter: Adapter): Promise<void> {
  restoreType(request.raw);
  request.visit = await beginVisit(adapter, request.raw, reply.raw, null);
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConfigurationError } from '../errors.js';
import type { Session } from '../session/session.js';
import type { Sessions } from '../sessions.js';
import type { Visit } from '../visit.js';
import { beginVisit } from './begin.js';
import { loginForm, parseFields } from './form.js';
import { type AdapterOptions, DEFAULT_FORM_LIMIT } from './options.js';

export type { AdapterOptions };
export { loginForm };

declare module 'fastify' {
  interface FastifyRequest {
    /** Who it is, the session, and what the auth chain did. */
    visit: Visit;
    /** The same as `visit.session`. */
    session: Session;
  }
}

export interface FastifyOptions extends AdapterOptions {
  sessions: Sessions;
}

const FORM = 'application/x-www-form-urlencoded';

/**
 * Sessions for Fastify: `app.register(moinSessions, { sessions })`. A visit begins when the body has been parsed: it
 * is there from `preValidation` hooks on. Forms are parsed here, up to `formLimit`, unless a parser for them, such as
 * `@fastify/formbody`, was registered before.
 *
 * The response's bytes wait until the session is saved. An error of the chain or of the store before the handler goes
 * to Fastify's error handler; a save that fails is answered with a 500, or, when the response has begun, by cutting the
 * connection, and goes to `onError` (default: the request's log).
 */
export async function moinSessions(app: FastifyInstance, options: FastifyOptions): Promise<void> {
  const { sessions, formLimit = DEFAULT_FORM_LIMIT } = options;
  if (sessions === undefined) {
    throw new ConfigurationError(
      'the Fastify plugin needs sessions: app.register(moinSessions, { sessions })',
    );
  }
  if (!app.hasContentTypeParser(FORM)) {
    app.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: formLimit }, (_request, body, done) =>
      done(null, parseFields(String(body))),
    );
  }
  app.decorateRequest('visit', null as unknown as Visit);
  app.decorateRequest('session', null as unknown as Session);
  app.addHook('preValidation', (request, reply) => begin(request, reply, options));
}

// Hooks are for the whole application, as with fastify-plugin.
Object.assign(moinSessions, { [Symbol.for('skip-override')]: true });

async function begin(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, ...options }: FastifyOptions,
): Promise<unknown> {
  const onError = options.onError ?? ((error: unknown) => request.log.error(error));
  const raw = Object.assign(request.raw, { body: request.body ?? null });
  const visit = await beginVisit(sessions, raw, reply.raw, { ...options, onError });
  request.visit = visit;
  request.session = visit.session;
  if (visit.response === null) return undefined;
  const { status, headers, body = '' } = visit.response;
  return reply.code(status).headers(headers).send(body);
}

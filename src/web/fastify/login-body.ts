import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mediaType } from '../../http/body.js';
import { isSmall, parserOf, urlOf } from '../node/request.js';
import type { LoginForms } from '../shared/login-forms.js';

/** The content type of a login body while Fastify looks for its parser, when the application has none for it. */
const LOGIN_BODY = 'application/x-moin-sessions-login-form';

/** The content types that browsers sent with login bodies. */
const sentTypes = new WeakMap<IncomingMessage, string | undefined>();

/** Parses login forms and JSON logins, up to the limit, that no parser of the application takes. */
export function parseLoginBodies(app: FastifyInstance, forms: LoginForms): void {
  const bodyLimit = Math.max(1, forms.limit); // Fastify refuses 0
  app.addContentTypeParser(LOGIN_BODY, { parseAs: 'buffer', bodyLimit }, ({ raw }, body, done) => {
    restoreType(raw);
    done(null, parserOf(raw)?.(body as Buffer));
  });
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    renameType(request, forms);
    done(null);
  });
}

/** Renames the content type of a login body that no parser takes: Fastify would answer with a 415. */
function renameType({ raw, server }: FastifyRequest, forms: LoginForms): void {
  // The name is internal: a client that sends it does not get our parser.
  if (mediaType(raw.headers['content-type']) === LOGIN_BODY) delete raw.headers['content-type'];
  if (!forms.isTakenAt(raw.method, urlOf(raw)) || !isSmall(raw, forms.limit) || parserOf(raw) === null)
    return;
  // Fastify does not tell of parsers for `*` and for regular expressions: such a parser gets no logins.
  const type = mediaType(raw.headers['content-type']) as string;
  if (!server.hasContentTypeParser(LOGIN_BODY) || server.hasContentTypeParser(type)) return;
  sentTypes.set(raw, raw.headers['content-type']);
  raw.headers['content-type'] = LOGIN_BODY;
}

/** Puts the content type back that the browser sent. */
export function restoreType(raw: IncomingMessage): void {
  const sent = sentTypes.get(raw);
  if (sent !== undefined) raw.headers['content-type'] = sent;
}

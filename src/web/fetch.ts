import { bare } from '../base/own.js';
import type { ClientCertificate, IncomingRequest } from '../http/request.js';
import type { Sessions } from '../sessions.js';
import { asSiteVisit, type Visit } from '../visit/visit.js';
import { createAdapter } from './shared/adapter.js';
import { addCommitHeaders, warnOfLateCookie } from './shared/commit-headers.js';
import { AbortedFormError, errorResponse } from './shared/errors.js';
import { isForm, loginForm, parseFields } from './shared/form.js';
import { type LoginForms, warnOfCrossSite } from './shared/login-forms.js';
import type { AdapterOptions } from './shared/options.js';

export type { AdapterOptions };
export { loginForm };

/** The facts about a connection that its `Request` lacks. */
export interface Connection {
  /** The peer's IP address; needed when proxies are trusted. */
  remoteAddress?: string | undefined;
  /** Whether the connection itself is TLS. Default: true when the URL's scheme is `https`. */
  secure?: boolean;
  clientCertificate?: ClientCertificate;
}

export interface FetchOptions<Rest extends unknown[]> extends AdapterOptions<Request> {
  /** Describes the connection, from the request and the server's further arguments. */
  connection?: (request: Request, ...rest: Rest) => Connection;
}

/**
 * Sessions for servers that turn a `Request` into a `Response`: Hono, Next.js route handlers and others. Further
 * arguments are passed on: `withSessions(sessions, (request, visit, env) => app.fetch(request, { ...env, visit }))`.
 * Login forms are read at `loginPaths` alone, from a copy; the handler's request stays unread.
 *
 * The response comes when the session is saved, and the end of a streamed body waits until later changes are saved. A
 * failed save and an error of the handler go to `onError`. The visitor then gets a 500, or a broken stream when the
 * response has begun.
 */
export function withSessions<Rest extends unknown[]>(
  sessions: Sessions,
  handler: (request: Request, visit: Visit, ...rest: Rest) => Response | Promise<Response>,
  given: FetchOptions<Rest> = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  const options = bare(given);
  const { forms, onError } = createAdapter(sessions, options);
  const fail = (error: unknown) => {
    if (error instanceof AbortedFormError) return new Response(null, { status: error.statusCode });
    onError(error);
    return answer(errorResponse(error));
  };
  return async (request, ...rest) => {
    try {
      const connection = options.connection?.(request, ...rest);
      const incoming = await incomingRequest(request, connection, forms);
      const visit = await sessions.begin(incoming);
      warnOfCrossSite(incoming.form, visit);
      const respond = async () =>
        visit.response === null ? handler(request, visit, ...rest) : answer(visit.response);
      // The changes of a handler that fails are saved too.
      return await committed(await respond().catch(fail), visit, request, onError);
    } catch (error) {
      return fail(error);
    }
  };
}

async function incomingRequest(request: Request, connection: Connection | undefined, forms: LoginForms) {
  const { method, headers } = request;
  const { host, pathname, search, protocol } = new URL(request.url);
  const isLogin = forms.isTakenAt(method, pathOf(request.url));
  const body = isLogin ? await readForm(request, forms) : undefined;
  return {
    method,
    url: pathname + search,
    headers: { host, ...Object.fromEntries(headers) },
    secure: protocol === 'https:',
    ...connection,
    body,
    form: isLogin ? forms.read(body, request) : {},
    raw: request,
  } satisfies IncomingRequest;
}

/** The path as it was sent: `URL` turns `/x/../login` into `/login`. */
function pathOf(url: string): string {
  return /^[^:]*:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? '';
}

/** The fields of a small form; undefined for any other body. */
async function readForm(request: Request, { limit }: LoginForms): Promise<unknown> {
  const { headers } = request;
  if (request.bodyUsed || !isForm(headers.get('content-type'), headers.get('content-encoding')))
    return undefined;
  if (Number(headers.get('content-length') ?? 0) > limit) return undefined;
  const text = await textUpTo(request.clone(), limit).catch((error) => {
    throw new AbortedFormError(error);
  });
  return text === null ? undefined : parseFields(text);
}

/** The text of a body; null when it is longer than `limit` bytes. */
async function textUpTo({ body }: Request, limit: number): Promise<string | null> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.byteLength;
    if (length > limit) {
      reader?.cancel().catch(() => {}); // settles only when the handler has read or cancelled the original too
      return null;
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answer({ status, headers, body }: NonNullable<Visit['response']>): Response {
  return new Response(body ?? null, { status, headers });
}

/** The application's response with the visit's headers. The end of its body waits for a second save. */
async function committed(
  own: Response,
  visit: Visit,
  request: Request,
  onError: (error: unknown) => void,
): Promise<Response> {
  const progress = { hasBegun: true, hasEnded: own.body === null };
  asSiteVisit(visit).follow(progress);
  const fields = await visit.commit();
  const headers = new Headers(own.headers);
  addCommitHeaders(headers, fields);
  const { status, statusText } = own;
  const save = async () => {
    const known = [fields['set-cookie'], request.headers.get('cookie')];
    warnOfLateCookie(await visit.commit(), known);
    progress.hasEnded = true;
  };
  const body = own.body && savedAtEnd(own.body, save, onError);
  return new Response(body, { status, statusText, headers });
}

/** The same bytes. Their end waits for `save`, and so does a cancel when the visitor leaves. */
function savedAtEnd(
  body: ReadableStream<Uint8Array>,
  save: () => Promise<void>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      try {
        await save();
        controller.close();
      } catch (error) {
        onError(error);
        controller.error(error);
      }
    },
    async cancel(reason) {
      await reader.cancel(reason);
      await save().catch(onError);
    },
  });
}

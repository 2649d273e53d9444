import { bare } from '../../base/own.js';
import type { Soon } from '../../base/soon.js';
import { bodyParser } from '../../http/body.js';
import type { ClientCertificate, IncomingRequest } from '../../http/request.js';
import { AbortedFormError } from '../shared/errors.js';
import type { LoginForms } from '../shared/login-forms.js';

/** The facts about a connection that its `Request` lacks. */
export interface Connection {
  /**
   * Path and query as in the request line, which `loginPaths` are compared with. Default: those of the `Request`, whose URL is
   * tidied up already: `/x/../login` and `/login#x` are `/login` there.
   */
  url?: string | undefined;
  /** The peer's IP address; needed when proxies are trusted. */
  remoteAddress?: string | undefined;
  /** Whether the connection itself is TLS. Default: true when the URL's scheme is `https`. */
  secure?: boolean | undefined;
  clientCertificate?: ClientCertificate | undefined;
}

/** Undefined when the body was read past the framework. */
type ReadCached = () => Promise<Uint8Array | undefined>;

/**
 * The core's view of a `Request`.
 * @param seen the request as the application gets it
 * @param cached the bytes of a body that the framework has read and kept
 */
export function incomingRequest(
  request: Request,
  connection: Connection | undefined,
  forms: LoginForms,
  { seen = request, cached }: { seen?: object; cached?: ReadCached } = {},
): Soon<IncomingRequest> {
  const incoming = withoutBody(request, bare(connection ?? {}));
  if (!forms.isTakenAt(incoming.method, incoming.url)) return incoming;
  return readBody(request, forms, cached).then((body) => ({
    ...incoming,
    body,
    form: forms.read(body, seen),
  }));
}

function withoutBody(
  request: Request,
  { url, secure, remoteAddress, clientCertificate }: Connection,
): IncomingRequest & { url: string } {
  const { method } = request;
  const headers = Object.fromEntries(request.headers);
  const rest = { method, headers, remoteAddress, clientCertificate, raw: request };
  // A URL is parsed only for what nobody else says: that takes as long as reading the headers.
  if (url !== undefined && secure !== undefined && headers.host !== undefined)
    return { ...rest, url, secure };
  const { host, pathname, search, protocol } = new URL(request.url);
  headers.host ??= host;
  return { ...rest, url: url ?? pathname + search, secure: secure ?? protocol === 'https:' };
}

/** The fields of a small form or of small JSON; undefined for any other body. */
async function readBody(request: Request, { limit }: LoginForms, cached?: ReadCached): Promise<unknown> {
  const { headers, bodyUsed } = request;
  const parse = bodyParser(headers.get('content-type'), headers.get('content-encoding'));
  if (parse === null) return undefined;
  const bytes = await (bodyUsed ? cached?.() : unreadBytes(request, limit));
  return bytes == null || bytes.length > limit ? undefined : parse(bytes);
}

async function unreadBytes(request: Request, limit: number): Promise<Buffer | null> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return null;
  return await bytesUpTo(request.clone(), limit).catch((error) => {
    throw new AbortedFormError(error);
  });
}

/** The bytes of a body; null when there are more than `limit`. */
async function bytesUpTo({ body }: Request, limit: number): Promise<Buffer | null> {
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
  return Buffer.concat(chunks);
}

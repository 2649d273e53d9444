/**
 * The name of the symbol under which `@hono/node-server` keeps what a response was made of, `[status, body, headers]`, until
 * somebody asks for its body. Undocumented: where it is missing, the body is a stream to us.
 */
const KEPT = 'cache';
let key: symbol | undefined;

/**
 * The text that a response was made of; undefined when it was made of something else, or by another server. Asking for its
 * `body` instead makes a `Response` of Node's own and a stream, which cost more than the rest of a request.
 */
export function plainText(response: Response): string | undefined {
  if (key === undefined || !(key in response))
    key = Object.getOwnPropertySymbols(response).find(({ description }) => description === KEPT);
  const kept: unknown = key === undefined ? undefined : Reflect.get(response, key);
  const isKept = Array.isArray(kept) && kept.length === 3 && kept[0] === response.status;
  return isKept && typeof kept[1] === 'string' ? kept[1] : undefined;
}

import type { AuthResponse } from '../../auth/method.js';
import { hasMethods } from '../../base/has-methods.js';
import { asSiteVisit } from '../../visit/site-visit.js';
import type { Visit } from '../../visit/visit.js';
import { addCommitHeaders, warnOfLateCookie } from '../shared/commit-headers.js';

type OnError = (error: unknown) => void;

export function answer({ status, headers, body }: AuthResponse): Response {
  const fields = new Headers();
  for (const [name, values] of Object.entries(headers))
    for (const value of [values].flat()) fields.append(name, value);
  return new Response(body || null, { status, headers: fields }); // an empty text is a body, which a 204 cannot have
}

/** @throws TypeError when a handler returned something else than a response that can be sent */
export function assertResponse(returned: Response): Response {
  if (!hasMethods(returned?.headers, ['get', 'append']))
    throw new TypeError(`the handler returned ${kindOf(returned)} in place of a Response: return one`);
  if (returned.type === 'error')
    throw new TypeError(
      'the handler returned Response.error(), which no server can send: return a Response with a status',
    );
  return returned;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

/**
 * The application's response with the visit's headers. The end of its body waits for a second save.
 * @throws StoreError when the session cannot be saved
 */
export async function committed(
  own: Response,
  visit: Visit,
  request: Request,
  onError: OnError,
): Promise<Response> {
  const progress = { hasBegun: true, hasEnded: own.body === null };
  asSiteVisit(visit).follow(progress);
  const fields = await visit.commit().catch((error: unknown) => {
    // Nobody reads it. Its source may take its time, and the visitor does not wait for that.
    own.body?.cancel(error).catch(onError);
    throw error;
  });
  // A switch of protocols is an object of the server: it cannot be built anew, and sends no cookies.
  if (own.status === 101) return own;
  const headers = new Headers(own.headers);
  addCommitHeaders(headers, fields);
  const { status, statusText } = own;
  const known = [fields['set-cookie'], request.headers.get('cookie')];
  const save = async () => {
    warnOfLateCookie(await visit.commit(), known);
    progress.hasEnded = true;
  };
  const body = own.body && savedAtEnd(own.body, save, onError);
  return new Response(body, { status, statusText, headers });
}

/** The same bytes. Their end waits for `save`, and so do an error of theirs and a cancel when the visitor leaves. */
function savedAtEnd(
  body: ReadableStream<Uint8Array>,
  save: () => Promise<void>,
  onError: OnError,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const fail = (controller: ReadableStreamDefaultController, error: unknown) => {
    onError(error);
    controller.error(error);
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
      } catch (error) {
        await save().catch(onError);
        return fail(controller, error);
      }
      await save().then(
        () => controller.close(),
        (error) => fail(controller, error),
      );
    },
    async cancel(reason) {
      try {
        await reader.cancel(reason);
      } finally {
        await save().catch(onError);
      }
    },
  });
}

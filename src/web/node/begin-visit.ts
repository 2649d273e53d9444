import { headerField } from '../../http/header.js';
import { asSiteVisit } from '../../visit/site-visit.js';
import type { Visit } from '../../visit/visit.js';
import type { Adapter } from '../shared/adapter.js';
import { warnOfCrossSite } from '../shared/login-forms.js';
import { putCommitHeaders } from './hold/head.js';
import { holdResponse } from './hold/hold.js';
import { incomingRequest, methodOf, type Parsed, readBody, urlOf } from './request.js';
import type { NodeRequest, NodeResponse } from './server-types.js';

/**
 * Runs the auth chain on a request and makes its response wait for the save: the common part of all adapters on
 * Node's own servers.
 * @param seen the request as the application gets it, when that is another object; null when its body could not be parsed, so
 *   that it logs nobody in or out
 * @throws what `sessions.begin` throws; the response is not held then
 */
export async function beginVisit(
  { sessions, forms, onError }: Adapter,
  request: NodeRequest & Parsed,
  response: NodeResponse,
  seen: { body?: unknown } | null = request,
): Promise<Visit> {
  const isLogin = seen !== null && forms.isTakenAt(methodOf(request), urlOf(request));
  const body = isLogin ? await readBody(request, seen.body, forms.limit) : seen?.body;
  const form = isLogin ? forms.read(body, seen) : {};
  const visit = await sessions.begin(incomingRequest(request, { body, form })).catch((error: unknown) => {
    // The application answers, and what it answers depends on the cookie.
    if (!response.headersSent) putCommitHeaders(response, { vary: 'Cookie' });
    throw error;
  });
  warnOfCrossSite(form, visit);
  // Install now: middleware that saves `end` before us would bypass the hold.
  const cookie = headerField(request.headers, 'cookie') as string | undefined;
  const held = asSiteVisit(visit);
  held.follow(holdResponse(response, held, { onError, cookie }));
  return visit;
}

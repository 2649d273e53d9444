import { andThen, recover, type Soon } from '../../base/soon.js';
import { headerField } from '../../http/header.js';
import type { LoginForm } from '../../http/request.js';
import { beginSoon } from '../../visit/begin-soon.js';
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
 * Node's own servers. In this turn of the event loop where nothing has to wait.
 * @param seen the request as the application gets it, when that is another object; null when its body could not be parsed, so
 *   that it logs nobody in or out
 * @throws what `sessions.begin` rejects with, or rejects with it; the response is not held then
 */
export function beginVisit(
  adapter: Adapter,
  request: NodeRequest & Parsed,
  response: NodeResponse,
  seen: { body?: unknown } | null = request,
): Soon<Visit> {
  const { forms } = adapter;
  const isLogin = seen !== null && forms.isTakenAt(methodOf(request), urlOf(request));
  if (!isLogin) return beginWith(adapter, request, response, { body: seen?.body, form: undefined });
  return readBody(request, seen.body, forms.limit).then((body) =>
    beginWith(adapter, request, response, { body, form: forms.read(body, seen) }),
  );
}

function beginWith(
  { sessions, onError }: Adapter,
  request: NodeRequest & Parsed,
  response: NodeResponse,
  read: { body: unknown; form: LoginForm | undefined },
): Soon<Visit> {
  const incoming = incomingRequest(request, read);
  const begun = recover(
    () => beginSoon(sessions, incoming),
    (error) => {
      // The application answers, and what it answers depends on the cookie.
      if (!response.headersSent) putCommitHeaders(response, { vary: 'Cookie' });
      throw error;
    },
  );
  return andThen(begun, (visit) => {
    warnOfCrossSite(read.form, visit);
    // Install now: middleware that saves `end` before us would bypass the hold.
    const cookie = headerField(request.headers, 'cookie') as string | undefined;
    const held = asSiteVisit(visit);
    held.follow(holdResponse(response, held, { onError, cookie }));
    return visit;
  });
}

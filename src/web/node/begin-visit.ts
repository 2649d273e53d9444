import { bare } from '../../base/own.js';
import { headerField } from '../../http/header.js';
import type { Sessions } from '../../sessions.js';
import { asSiteVisit, type Visit } from '../../visit/visit.js';
import { LoginForms, warnOfCrossSite } from '../shared/login-forms.js';
import type { AdapterOptions } from '../shared/options.js';
import { holdResponse } from './hold/hold.js';
import { incomingRequest, methodOf, type Parsed, readBody, urlOf } from './request.js';
import type { NodeRequest, NodeResponse } from './server-types.js';

/** A site, and the options of its adapter, read once for all requests. */
export interface Adapter {
  onError: AdapterOptions['onError'] | undefined;
  sessions: Sessions;
  forms: LoginForms;
}

/** What an adapter needs of its options, which may leave all of them out. @throws ConfigurationError as `LoginForms` */
export function adapterOf(sessions: Sessions, options: AdapterOptions): Adapter {
  const own = bare(options);
  return bare({ onError: own.onError, sessions, forms: new LoginForms(own) }) as Adapter;
}

/**
 * Runs the auth chain on a request and has its response wait for the save. What all adapters on Node's own servers do.
 * @param seen the request as the application gets it, where that is another object
 * @throws what `sessions.begin` throws; nothing is held then
 */
export async function beginVisit(
  { sessions, forms, onError }: Adapter,
  request: NodeRequest & Parsed,
  response: NodeResponse,
  seen: { body?: unknown } = request,
): Promise<Visit> {
  const isLogin = forms.isTakenAt(methodOf(request), urlOf(request));
  const body = isLogin ? await readBody(request, seen.body, forms.limit) : seen.body;
  const form = isLogin ? forms.read(body, seen) : {};
  const visit = await sessions.begin(incomingRequest(request, { body, form }));
  warnOfCrossSite(form, visit);
  // Install now: middleware that saves `end` before us would bypass the hold.
  const cookie = headerField(request.headers, 'cookie') as string | undefined;
  holdResponse(response, asSiteVisit(visit), { onError, cookie });
  return visit;
}

import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuthStep, AuthUser } from './auth/method.js';
import { systemClock, wholeClock } from './base/clock.js';
import type { SessionsOptions } from './config/options.js';
import { readOptions, type Settings } from './config/settings.js';
import { parseCookieHeader } from './http/cookie-header.js';
import { askedHost, headerField, headerFields } from './http/header.js';
import type { HeaderFields, IncomingRequest } from './http/request.js';
import { keepCookie } from './http/set-cookie.js';
import type { SetCookie } from './session/cookie/response-cookie.js';
import { CookieSigner } from './session/cookie/signer.js';
import type { SecretKeeper, SessionStore } from './store/contract.js';
import { OverlayStore, type OverlayWrite } from './store/overlay.js';
import { keptSecrets } from './store/secret.js';
import { begin } from './visit/begin.js';
import { createSite, openUsers } from './visit/create-site.js';
import { cameByHttps } from './visit/read-request.js';
import type { Site } from './visit/site.js';
import type { CookieReport, Visit } from './visit/visit.js';

/** The result of `simulate`, in the shape of its JSON (spec 7). */
export interface Simulation {
  /** The time at which the requests were simulated; ISO 8601. */
  at: string;
  requests: SimulatedRequest[];
}

export interface SimulatedRequest {
  cookies: CookieReport[];
  /** The names of the other cookies that came, which `moin_session` does not read. */
  otherCookies: string[];
  steps: readonly AuthStep[];
  user: Pick<AuthUser, 'id' | 'name' | 'method'> | null;
  session: { available: boolean; id: string | null; kind: string; isNew: boolean; keys: string[] } | null;
  setCookies: SetCookie[];
  writes: OverlayWrite[];
}

export interface RehearsalOptions {
  /** False when only a store was named: no auth method counts as having left the chain. Default true. */
  isConfigured?: boolean;
  /** The time of the requests in ms since 1970. Default: the clock's. */
  at?: number;
  /** Whether sessions that began after `at` count as not there yet. Default false: another clock may be ahead. */
  isAsOf?: boolean;
}

/** Requests to send, one after the other. */
interface RequestSeries {
  /** The request to send. Its `url` defaults to the path that the cookie is for. */
  request: IncomingRequest;
  /**
   * How many requests to send. Keeps cookies in between as a browser would. Only the first request has the form and the
   * method; the others are page views. Default 1.
   */
  repeat?: number;
  /** Whether the browser's connection is HTTPS. Default: as the site sees it. */
  isBrowserSecure?: boolean;
}

export type SimulateOptions = RehearsalOptions & RequestSeries;

type SiteOptions = SessionsOptions & { store: SessionStore & Partial<SecretKeeper> };

/**
 * Sends requests through the real auth chain, over a view of the store that keeps writes to itself. Explains what a server
 * would do, and changes neither the store nor user files. Does not keep the application's own directories and
 * auth methods from writing.
 */
export async function simulate(options: SiteOptions, how: SimulateOptions): Promise<Simulation> {
  const rehearsal = await rehearse(options, how);
  const requests: SimulatedRequest[] = [];
  for await (const request of rehearsal.series(how)) requests.push(request);
  return { at: rehearsal.at, requests };
}

/** A site over a view of its store. See `simulate`. */
export interface Rehearsal {
  /** The time of the requests; ISO 8601. */
  readonly at: string;
  readonly settings: Settings;
  /** How many secrets verify cookies: those of the configuration, or those that the store keeps. */
  readonly secrets: number;
  /** Sends requests, and yields the result of each as soon as it is there. Later ones see what earlier ones would have written. */
  series(series: RequestSeries): AsyncGenerator<SimulatedRequest>;
  /** Forgets what the requests would have written: the next one meets the store as it is. */
  startOver(): void;
}

/** Prepares a simulation of several requests whose results need not all be in memory. */
export async function rehearse(
  options: SiteOptions,
  {
    at = wholeClock(options.clock ?? systemClock)(),
    isConfigured = true,
    isAsOf = false,
  }: RehearsalOptions = {},
): Promise<Rehearsal> {
  const settings = readOptions({ ...options, clock: () => at });
  const overlay = new OverlayStore(options.store);
  const site = await siteOver(settings, options.store, overlay);
  site.isSimulated = true;
  if (isAsOf) site.asOf = at;
  if (!isConfigured) site.chain = null;
  return {
    at: new Date(at).toISOString(),
    settings,
    secrets: site.signer.secrets,
    series: (series) => send(site, overlay, settings.cookiePath, series),
    startOver: () => overlay.startOver(),
  };
}

async function* send(
  site: Site,
  overlay: OverlayStore,
  cookiePath: string,
  { request, repeat = 1, isBrowserSecure }: RequestSeries,
): AsyncGenerator<SimulatedRequest> {
  const page = { ...request, url: request.url ?? cookiePath };
  let headers = headerFields(request.headers ?? {});
  for (let count = 0; count < repeat; count++) {
    const sent = count === 0 ? page : { ...page, method: 'GET', form: {}, body: undefined };
    const visit = await begin({ ...sent, headers }, () => site);
    const { 'set-cookie': setCookie } = await visit.commit();
    const otherCookies = otherNames(headers, site.signer.name);
    yield { ...reportOf(visit, overlay.writes.splice(0)), otherCookies };
    // Node handles Ctrl-C between two turns of the event loop, and the awaits above may all end within one turn.
    await nextTurn();
    if (setCookie === undefined) continue;
    const host = askedHost(headers, site.trusted(request.remoteAddress));
    const secure = isBrowserSecure ?? cameByHttps(request, site.trusted);
    const target = { secure, host, url: page.url };
    for (const field of [setCookie].flat())
      headers = { ...headers, cookie: keepCookie(headerField(headers, 'cookie'), field, target) };
  }
}

/** The names of the cookies that `moin_session` does not read, each once. */
function otherNames(headers: HeaderFields, ours: string): string[] {
  const names = parseCookieHeader(headerField(headers, 'cookie')).map(([name]) => name);
  return [...new Set(names)].filter((name) => name !== ours);
}

/** The site over the overlay. Its events reach no listener, and it opens the user file for reading only. */
async function siteOver(
  settings: Settings,
  base: SessionStore & Partial<SecretKeeper>,
  store: OverlayStore,
): Promise<Site> {
  // A store without a secret has signed no cookie yet, so any secret will do: no cookie verifies.
  const kept = settings.secrets ?? (await keptSecrets(base));
  const signer = new CookieSigner(settings.cookieName, kept.length > 0 ? kept : [randomBytes(32)]);
  const users = openUsers(settings.users, { readOnly: true });
  for (const method of settings.methods) method.configure?.({ users });
  return createSite(settings, { store, users, userCache: null, signer, emit: () => {} });
}

function reportOf(visit: Visit, writes: OverlayWrite[]): Omit<SimulatedRequest, 'otherCookies'> {
  const { cookies, trace: steps, session } = visit;
  // Without its fields, which are the application's.
  const user = visit.user && { id: visit.user.id, name: visit.user.name, method: visit.user.method };
  const { available, id, kind, isNew } = session;
  const keys = [...session.keys()];
  return {
    cookies: [...cookies],
    steps,
    user,
    session: { available, id, kind, isNew, keys },
    setCookies: visit.outgoing(),
    writes,
  };
}

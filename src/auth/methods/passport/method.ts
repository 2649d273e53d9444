import { STATUS_CODES } from 'node:http';
import { ConfigurationError } from '../../../base/errors.js';
import type { JsonObject } from '../../../base/json.js';
import { changesSince } from '../../../session/values/changes.js';
import type { AuthMethod, AuthRequest, AuthResult, AuthSite, AuthUser, Known } from '../../method.js';
import { classifyAll, preferred } from '../moin-session/classify.js';
import { type PassportStrategy, runStrategy, type StrategyOutcome } from './strategy.js';

export interface PassportOptions {
  /**
   * Which requests the strategy sees. Default: those that ask to log in; a form that another site sent does not. If your own
   * `when` is for forms of your own pages, return false when `request.crossSite` is set. If it is for the form of an
   * identity provider, do not look at `crossSite`: that form comes from another site.
   */
  when?: (request: AuthRequest, known: Known) => boolean;
  /**
   * Whether a success is a login, which begins a new session (S4). Set it to false for strategies that see every request,
   * such as bearer tokens. Default true.
   */
  login?: boolean;
  /**
   * Returns the user for a profile of the strategy's verify function. Default: the profile's `id`, and its `name`,
   * `username`, `displayName` or `id` as the name.
   */
  user?: (profile: unknown) => { id: string; name: string };
  /** Whether to answer a failure with the strategy's status and challenge, in place of the application. Default false. */
  challenge?: boolean;
  /** Options for the strategy's `authenticate`: `{ scope: ['email'] }`. Default: none. */
  options?: object;
  /** The method's name in the trace and in records. Two strategies in one chain need two names. Default `passport`. */
  name?: string;
}

/**
 * `passport`: runs any Passport strategy as a link of the chain; put it in front of `moin_session`. `success` establishes
 * the user, `fail` nobody, `redirect` answers the request, `pass` passes on, `error` ends the request as failed.
 *
 * If the site has `users`, the user's id must be one of theirs: map it with the option `user`, or in the strategy.
 *
 * The strategy gets the server's own request, with `body`, `query` and `session`: the values of the visitor's session. The
 * visit saves what the strategy puts there. Strategies that need this (OAuth's `state`) work for visitors, at their very
 * first request too, if `moin_anon_session` stands behind in the chain.
 * @throws ConfigurationError when `strategy` is not a Passport strategy
 */
export function passport(strategy: PassportStrategy, options: PassportOptions = {}): AuthMethod {
  if (typeof strategy?.authenticate !== 'function')
    throw new ConfigurationError('passport needs a strategy: passport(new Strategy(…), options)');
  const { when = (_request, { login }) => login, name = 'passport' } = options;
  return {
    name,
    logsIn: options.login ?? true,
    async authenticate(request: AuthRequest, known: Known, site: AuthSite): Promise<AuthResult> {
      const passed = { user: known.user, continue: true };
      if ((known.logout && !known.login) || !when(request, known))
        return { ...passed, reason: 'not-asked', text: 'the strategy does not look at this request' };
      const { owner, data } = await shownTo(known, site);
      const session = asJson(data);
      const outcome = await runStrategy(strategy, request, { session, options: options.options ?? {} });
      const result = resultOf(outcome, known, options);
      // Values of one user's session must not move into another user's (S4, S10).
      if (owner !== null && result.user !== null && result.user.id !== owner) return result;
      return { ...result, values: changesSince(data, asJson(session)) };
    },
  };
}

function resultOf(outcome: StrategyOutcome, known: Known, options: PassportOptions): AuthResult {
  const passed = { user: known.user, continue: true };
  switch (outcome.kind) {
    case 'success': {
      const user = (options.user ?? userOf)(outcome.profile);
      const login = options.login ?? true;
      return { user, continue: true, login, reason: 'accepted', text: `the strategy accepts ${user.name}` };
    }
    case 'redirect': {
      const { status, url } = outcome;
      const response = { status, headers: { location: url, 'content-length': '0' } };
      const text = 'the strategy sends the browser elsewhere';
      return { ...passed, response, reason: 'redirect', text, effects: [`answer ${status}`] };
    }
    case 'fail':
      return failed(outcome, known, options);
    case 'pass':
      return { ...passed, reason: 'passed', text: 'the strategy passes' };
  }
}

function failed(
  { status, challenge }: Extract<StrategyOutcome, { kind: 'fail' }>,
  { user }: Known,
  options: PassportOptions,
): AuthResult {
  const isLogin = options.login ?? true;
  const text = 'the strategy accepts nobody';
  const result: AuthResult = { user, continue: true, reason: 'rejected', text, loginRejected: isLogin };
  if (options.challenge !== true) return result;
  const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' };
  if (status === 401 && challenge !== null) headers['www-authenticate'] = challenge;
  const response = { status, headers, body: `${STATUS_CODES[status] ?? status}\n` };
  return { ...result, response, effects: [`answer ${status}`] };
}

function userOf(profile: unknown): Pick<AuthUser, 'id' | 'name'> {
  const { id, name, username, displayName } = (profile ?? {}) as Record<string, unknown>;
  const key = typeof id === 'number' ? String(id) : id;
  if (typeof key !== 'string' || key === '') {
    throw new ConfigurationError(
      "the strategy's user has no id: give passport the option user: (profile) => ({ id, name })",
    );
  }
  const called = [name, username, displayName].find((text) => typeof text === 'string' && text !== '');
  return { id: key, name: (called as string | undefined) ?? key };
}

/** The values that the strategy sees: those of the session that `moin_session` is going to open; and its owner's id. */
async function shownTo(known: Known, site: AuthSite): Promise<{ owner: string | null; data: JsonObject }> {
  const user = known.user?.valid ? known.user : null;
  const found = preferred(await classifyAll(user, site));
  if (found?.status !== 'open') return { owner: null, data: {} };
  const isClosed = known.vetoed && found.owner !== null;
  return { owner: found.owner?.id ?? null, data: isClosed ? {} : found.record.data };
}

/** A copy by way of JSON, as in express-session, which strategies are written for: a date becomes a string. */
function asJson(session: object): JsonObject {
  return JSON.parse(JSON.stringify(session));
}

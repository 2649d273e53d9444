import { isError } from '../../../base/realm.js';
import type { AuthRequest } from '../../method.js';

/** The part of a Passport strategy that `passport` uses. */
export interface PassportStrategy {
  name?: string | undefined;
  authenticate(request: never, options?: never): unknown;
}

/** The action that a strategy took. `error` has no outcome: `runStrategy` rejects. */
export type StrategyOutcome =
  | { kind: 'success'; profile: unknown }
  | { kind: 'fail'; status: number; challenge: string | null }
  | { kind: 'redirect'; url: string; status: number }
  | { kind: 'pass' };

/**
 * Calls a strategy as Passport does: on an object that inherits from it and has the actions. Rejects with the strategy's
 * error.
 */
export function runStrategy(
  strategy: PassportStrategy,
  request: AuthRequest,
  { session, options }: { session: object; options: object },
): Promise<StrategyOutcome> {
  return new Promise((resolve, reject) => {
    const actions = {
      success: (profile: unknown) => resolve({ kind: 'success', profile }),
      fail: (challenge?: unknown, status?: number) => resolve(failure(challenge, status)),
      redirect: (url: string, status = 302) => resolve({ kind: 'redirect', url, status }),
      pass: () => resolve({ kind: 'pass' }),
      error: (error: unknown) => reject(isError(error) ? error : new Error(String(error))),
    };
    const instance = Object.assign(Object.create(strategy) as PassportStrategy, actions);
    // A strategy that is an async function may fail without calling `error`.
    Promise.resolve(
      instance.authenticate(strategyRequest(request, session) as never, options as never),
    ).catch(reject);
  });
}

/** Takes `fail(challenge, status)` or `fail(status)`. Ignores a challenge that is not a string: it is a message for people. */
function failure(challenge: unknown, status: number | undefined): StrategyOutcome {
  const code = typeof challenge === 'number' ? challenge : (status ?? 401);
  return { kind: 'fail', status: code, challenge: typeof challenge === 'string' ? challenge : null };
}

/** The server's own request plus the fields that strategies read. Where there is none, as in `simulate`: an imitation. */
function strategyRequest(request: AuthRequest, session: object): object {
  const { method, url, headers, form, body: sent, raw, remoteAddress, secure } = request;
  const [, query = ''] = url.split(/\?(.*)/s);
  const isNode = typeof raw === 'object' && raw !== null && 'socket' in raw;
  const socket = { remoteAddress, encrypted: secure };
  const own = isNode
    ? {}
    : { method, url, originalUrl: url, headers, socket, connection: socket, ip: remoteAddress };
  const body = { ...form, ...(typeof sent === 'object' ? sent : {}) };
  const fields = { ...own, query: Object.fromEntries(new URLSearchParams(query)), body, session };
  return Object.create(isNode ? raw : null, Object.getOwnPropertyDescriptors(fields));
}

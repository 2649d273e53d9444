import type { TokenHolder } from '../../../session/cookie/token-carrier.js';
import type { Session } from '../../../session/session.js';
import type { TokenSession } from '../../auth-context.js';
import type { AuthUser } from '../../method.js';
import type { Outcome } from './outcome.js';

/** What was decided on a token; `session` stands apart from it. */
export interface TokenDecision extends Omit<Outcome, 'session'> {
  login?: boolean;
  loginRejected?: boolean;
}

/** The session of a decision on a token, and the token as its holder has it now. */
export class TokenResult implements TokenSession {
  readonly session: Session;
  readonly user: AuthUser | null;
  readonly reason: string;
  readonly text: string;
  readonly effects: string[];
  readonly login: boolean;
  readonly loginRejected: boolean;
  readonly #holder: TokenHolder | null;

  constructor(session: Session, holder: TokenHolder | null, decision: TokenDecision) {
    const { user, reason, text, effects = [], login = false, loginRejected = false } = decision;
    this.session = session;
    this.user = user;
    this.reason = reason;
    this.text = text;
    this.effects = effects;
    this.login = login;
    this.loginRejected = loginRejected;
    this.#holder = holder;
  }

  /** The same session and user, after a login that was refused. */
  withRefusal(reason: string, text: string): TokenResult {
    return new TokenResult(this.session, this.#holder, {
      user: this.user,
      reason,
      text,
      loginRejected: true,
    });
  }

  get token(): string | null {
    return this.#holder?.token ?? null;
  }

  get tokenExpires(): Date | null {
    const expires = this.#holder?.expires ?? null;
    return expires === null ? null : new Date(expires);
  }
}

import type { HandedToken } from '../../../session/cookie/token-carrier.js';
import type { Session } from '../../../session/session.js';
import type { TokenSession } from '../../auth-context.js';
import type { AuthUser } from '../../method.js';

/** What was decided on a token. */
export interface Decision {
  user: AuthUser | null;
  reason: string;
  text: string;
  effects?: string[];
  loginRejected?: boolean;
}

/** The session of a decision, and the token as its carrier has it now. */
export class HandedSession implements TokenSession {
  readonly session: Session;
  readonly user: AuthUser | null;
  readonly reason: string;
  readonly text: string;
  readonly effects: string[];
  readonly loginRejected: boolean;
  readonly #carrier: HandedToken | null;

  constructor(session: Session, carrier: HandedToken | null, decision: Decision) {
    const { user, reason, text, effects = [], loginRejected = false } = decision;
    this.session = session;
    this.user = user;
    this.reason = reason;
    this.text = text;
    this.effects = effects;
    this.loginRejected = loginRejected;
    this.#carrier = carrier;
  }

  /** The same session and user, for another reason. */
  because(decision: Omit<Decision, 'user'>): HandedSession {
    return new HandedSession(this.session, this.#carrier, { user: this.user, ...decision });
  }

  get token(): string | null {
    return this.#carrier?.token ?? null;
  }

  get tokenExpires(): Date | null {
    const expires = this.#carrier?.expires ?? null;
    return expires === null ? null : new Date(expires);
  }
}

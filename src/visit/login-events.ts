import type { Refusal } from '../auth/chain-state.js';
import type { AuthRequest, AuthStep } from '../auth/method.js';
import { TooManyLoginsError } from '../base/errors.js';
import type { Session } from '../session/session.js';
import type { SessionOwner, SessionRecord } from '../store/contract.js';
import { harmlessName } from '../users/name.js';
import type { LoginResult } from './login-result.js';
import type { Site } from './site.js';

/** A visit whose chain has run, with what became of its login. */
interface ChainLogin {
  loginResult: LoginResult;
  realUser: SessionOwner | null;
  session: Session;
  trace: readonly AuthStep[];
}

/** Emits the events `login`, `login-failed` and `logout` of one visit: one for each login and logout. */
export class LoginEvents {
  readonly #site: Site;
  readonly #request: AuthRequest;

  constructor(site: Site, request: AuthRequest) {
    this.#site = site;
    this.#request = request;
  }

  /**
   * Emits one event for a login of the chain, whatever became of it.
   * @param name as typed in the form; empty if there is none
   */
  ofChain(
    { loginResult, realUser, session, trace }: ChainLogin,
    refusal: Refusal | null,
    name: string,
  ): void {
    if (loginResult === 'accepted' && realUser !== null) this.accepted(realUser, session);
    else if (loginResult === 'cross-site') this.failed({ name }, 'cross-site', session);
    else if (loginResult === 'denied') {
      const denied = trace.find(({ reason }) => reason === 'login-denied')?.userBefore;
      this.failed(denied ?? { name }, 'denied', session);
    } else if (loginResult === 'failed') {
      const { method, reason, auditReason } = refusal ?? { reason: 'not-accepted' };
      this.failed({ name: refusal?.name ?? name, ...(method && { method }) }, reason, session, auditReason);
    }
  }

  accepted({ id, name, method }: SessionOwner, session: Session): void {
    const details = { ...idOf(session), user: harmlessName(name), method, ...this.#address() };
    this.#site.manager.emit('login', details, { userId: id });
  }

  /**
   * @param who `name`: as typed, or of the user who was refused; empty if there is none
   * @param session the session that the visitor has still
   * @param auditReason what the audit log notes in place of `reason`
   */
  failed(
    who: { id?: string; name: string; method?: string },
    reason: string,
    session: Session | null,
    auditReason?: string,
  ): void {
    const user = harmlessName(who.name);
    const details = {
      ...(session === null ? {} : idOf(session)),
      ...(user !== '' && { user }),
      ...(who.method !== undefined && { method: who.method }),
      ...this.#address(),
      reason,
    };
    this.#site.manager.emit('login-failed', details, { userId: who.id, auditReason });
  }

  /**
   * @param ended the login that ended, or null if the user had none
   * @param user the user who was known before, or null
   */
  loggedOut(ended: SessionRecord | null, user: (Omit<SessionOwner, 'id'> & { id?: string }) | null): void {
    const who = ended?.user ?? user;
    if (who === null) return;
    const session = ended === null ? {} : { id: ended.id, kind: ended.kind };
    const details = { ...session, user: harmlessName(who.name), method: who.method, ...this.#address() };
    this.#site.manager.emit('logout', details, { userId: who.id });
  }

  /**
   * @param from the name of the user before
   * @param target the user after; the real one when the change has ended
   */
  changedUser(session: Session, realUser: string, from: string, target: { id: string; name: string }): void {
    const reason = `from ${from} to ${target.name}`;
    const details = { id: session.id ?? '', kind: 'user', user: realUser, reason } as const;
    this.#site.manager.emit('setuid', details, { target, ...this.#address() });
  }

  /** A login of a request that failed. */
  broken(who: { id?: string; name: string; method?: string }, error: unknown): void {
    this.failed(who, 'error', null, error instanceof TooManyLoginsError ? 'too-many-logins' : undefined);
  }

  #address(): { address?: string } {
    const address = this.#site.addressOf(this.#request);
    return address === null ? {} : { address };
  }
}

function idOf({ id, kind }: Session) {
  return id === null ? {} : { id, kind };
}

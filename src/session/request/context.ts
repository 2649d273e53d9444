import type { SessionOwner, SessionRecord } from '../../store/contract.js';
import type { TokenCarrier } from '../cookie/token-carrier.js';
import { newIdentity } from '../lifecycle/identity.js';
import { endByLogout } from '../lifecycle/logout.js';
import type { LoginOutcome } from '../lifecycle/replace.js';
import { isLogin } from '../lifecycle/state.js';
import { SETUID } from '../session.js';
import type { LiveSession } from './live.js';
import { SessionOpener } from './opener.js';
import { type LoginPlan, type Predecessor, replacedBy } from './predecessor.js';

/**
 * Opens sessions, logs users in and out, and decides on the cookie, for one visit. The session methods of the chain
 * use it, and so do methods that replace them. While the chain runs, logins and logouts are only noted;
 * `applyPending` does them after the last method. So a chain that fails changes nothing (spec 3).
 */
export abstract class SessionContext extends SessionOpener {
  #pending: (() => Promise<void>)[] = [];
  #predecessor: Predecessor = { status: 'none' };
  /** Where the token of the login goes. */
  #carrier: TokenCarrier = this.response;
  /** The id of the session of before a migration that this request can open: the `origin` of its logins. */
  origin: string | undefined;
  /** Whether a login of the chain is remembered although no form asks for it. */
  isRemembered = false;
  #outcome: LoginOutcome = 'accepted';
  #loggedOut: SessionRecord | null = null;

  /**
   * Notes a login: a new session for its user (S4). It replaces the predecessor of the plan.
   * @param leave keys whose values the new session does not get
   * @param carrier where its token goes; default: the cookie
   */
  noteLogin(
    owner: SessionOwner,
    remember: boolean,
    { predecessor, ended }: LoginPlan,
    leave: readonly string[] = [],
    carrier: TokenCarrier = this.response,
  ): LiveSession {
    const leftOut = [SETUID, ...leave];
    const record = predecessor.status === 'open' ? predecessor.record : null;
    const origin = this.origin ?? record?.origin;
    const identity = newIdentity({ cookieKind: 'user', owner, remember, client: this.client, origin });
    const session = this.sessionIn({ status: 'pending', identity, record }, carrier);
    for (const key of leftOut) session.delete(key);
    this.#predecessor = predecessor;
    this.#carrier = carrier;
    const replaced = replacedBy(predecessor);
    this.#pending.push(async () => {
      const isStillRight = () => this.isStillRight(owner.id);
      if (session.available)
        this.#outcome = await session.logIn({ replaced, ended, origin: this.origin, isStillRight }, leftOut);
      else if (replaced !== null) await this.manager.end(replaced.id, 'destroyed');
    });
    return session;
  }

  /**
   * The session and the user after a login that was refused (S5): the session before the login, and its user if the
   * cookie alone identified them. A session that needed an auth method to open it stays closed.
   */
  beforeLogin(): { session: LiveSession; user: SessionOwner | null } {
    const before = this.#predecessor;
    if (before.status === 'unused')
      return { session: this.open(before.cookie, null, null, this.#carrier), user: null };
    if (before.status === 'open' && (before.owner === null || before.cookie.kind === 'user'))
      return {
        session: this.open(before.cookie, before.owner, before.record, this.#carrier),
        user: before.owner,
      };
    return { session: this.closed(), user: null };
  }

  /**
   * Notes a logout: it ends the session for good, or the session that has just replaced it (S6).
   * @param userId the only user whose replacing session ends; null: any user's
   */
  noteLogout(id: string, userId: string | null): void {
    this.#pending.push(async () => {
      const ended = await endByLogout(this.manager, id, userId);
      if (ended !== null && isLogin(ended, this.manager.now())) this.#loggedOut ??= ended;
    });
  }

  /** The first login that a noted logout has ended; null if there was none. For the event `logout`. */
  get loggedOut(): SessionRecord | null {
    return this.#loggedOut;
  }

  /** Whether logins or logouts wait for `applyPending`. */
  get isPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Does the noted logins and logouts. Returns why a login was refused, if so. */
  async applyPending(): Promise<LoginOutcome> {
    for (const task of this.#pending.splice(0)) await task();
    return this.#outcome;
  }

  /** Whether the password that the chain found right is still this user's; true if it found none right. */
  protected abstract isStillRight(userId: string): Promise<boolean>;

  /** Discards the noted logins and logouts, and a cookie to set. A deletion of the cookie stands. */
  rollBack(): void {
    this.#pending = [];
    this.response.rollBack();
  }
}

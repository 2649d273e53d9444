import { ConfigurationError } from '../../../base/errors.js';
import type { CookieSigner, ReadCookie } from '../../../session/cookie/signer.js';
import { TokenHolder } from '../../../session/cookie/token-carrier.js';
import { newIdentity } from '../../../session/lifecycle/identity.js';
import { SessionContext } from '../../../session/request/context.js';
import { isNamedUser } from '../../answer.js';
import type { AuthContext, TokenLoginOptions, TokenSession } from '../../auth-context.js';
import type { NamedUser } from '../../auth-user.js';
import { complete, nameAtLogin } from '../../establish.js';
import type { AuthUser, ChainSite } from '../../method.js';
import { classify } from './classify.js';
import * as explain from './explain.js';
import { logIn } from './login.js';
import { logOutOf } from './logout.js';
import { opened, unused } from './opened.js';
import { ownerOf, REFUSAL } from './outcome.js';
import { type TokenDecision, TokenResult } from './token-result.js';

/** The context of one visit: what `moin_session` uses, and the sessions for other auth methods. */
export class ChainContext extends SessionContext implements AuthContext {
  /** The name of the method that runs. */
  asking = '';
  /** Whether a method has asked to log a user in. */
  asksForLogin = false;
  readonly #signer: CookieSigner;
  /** The site as the methods of this visit see it. */
  readonly chainSite: ChainSite;

  constructor(
    users: ChainSite['users'],
    site: Omit<ChainSite, 'context' | 'users'> & ConstructorParameters<typeof SessionContext>[0],
    request: ConstructorParameters<typeof SessionContext>[1],
  ) {
    super(site, request);
    this.#signer = site.signer;
    const { chain, anonymousSessions, isSimulated, asOf } = site;
    // No spread: it is slow, and this runs at every request.
    this.chainSite = { users, chain, anonymousSessions, isSimulated, asOf, context: this };
  }

  async restore(token: string, known: AuthUser | null = null): Promise<TokenResult> {
    const user = known?.valid ? known : null;
    const cookie = this.#read(token);
    if (cookie.verdict !== 'ok') {
      const text = explain.unverified(cookie, this.secrets, 'token');
      return this.#refuse(null, { user, reason: cookie.verdict, text });
    }
    const found = await classify(cookie, user, this.chainSite);
    const holder = new TokenHolder(this.#signer, token);
    if (found.status === 'open') {
      holder.expires = found.record.cookieExpires;
      const { session, ...decision } = opened(found, user, this, holder);
      return new TokenResult(session, holder, decision);
    }
    if (found.status === 'unused') {
      const { session, ...decision } = unused(cookie, user, this, holder);
      holder.expires = this.manager.firstCookieExpires({ owner: user && ownerOf(user), remember: false });
      return new TokenResult(session, holder, decision);
    }
    return this.#refuse(cookie.id, { user, reason: REFUSAL[found.status], text: found.why });
  }

  async logIn(
    given: NamedUser,
    { rememberMe = false, replaces }: TokenLoginOptions = {},
  ): Promise<TokenSession> {
    this.asksForLogin = true;
    const named = this.#named(given);
    const current = await nameAtLogin(named, this.chainSite);
    if (current.refusal !== null) {
      const { reason, text } = current.refusal;
      return this.#denied(replaces, reason, `${text}, so they are not logged in`);
    }
    const user = { ...named, name: current.name };
    const before = this.#read(replaces);
    const standings = before.verdict === 'ok' ? [await classify(before, user, this.chainSite)] : [];
    // Until the login is done, and if it is not, the client's token is the one of before (S5).
    const holder = new TokenHolder(this.#signer, replaces ?? null);
    const login = await logIn(
      user,
      { remember: rememberMe, leave: [], carrier: holder },
      standings,
      this.chainSite,
    );
    if (login === null) {
      const text = explain.limitReached(user.name, this.manager.limit.max);
      return this.#denied(replaces, 'login-denied', text);
    }
    return new TokenResult(login.session, holder, { ...login, user: { ...given, ...user }, login: true });
  }

  async logOut(token: string): Promise<TokenSession> {
    const cookie = this.#read(token);
    if (cookie.verdict !== 'ok') {
      const why = explain.unverified(cookie, this.secrets, 'token');
      return this.#closed({ user: null, reason: 'logout', text: `logout, though ${why}` });
    }
    if (cookie.kind === 'anon') return this.restore(token);
    const found = await classify(cookie, null, this.chainSite);
    return this.#closed(logOutOf(found, [found], null, this));
  }

  visitor(): TokenSession {
    if (!this.manager.lifetimes.anonymousAllowed)
      return this.#closed({ user: null, reason: 'disabled', text: explain.NO_VISITORS });
    const identity = newIdentity({ cookieKind: 'anon', owner: null, remember: false, client: this.client });
    const holder = new TokenHolder(this.#signer);
    holder.set(identity, this.manager.firstCookieExpires(identity));
    const session = this.sessionIn({ status: 'open', identity, record: null }, holder);
    const text = 'a new token that the method sends; the first value makes a record';
    return new TokenResult(session, holder, { user: null, reason: 'anonymous-new', text });
  }

  protected async isStillRight(userId: string): Promise<boolean> {
    return (await this.chainSite.users?.isStillRight(userId)) ?? true;
  }

  /** A method may pass on what a client sent, whatever that is. */
  #read(token: unknown): ReadCookie {
    return typeof token === 'string' ? this.#signer.read(token) : { verdict: 'malformed', kind: null };
  }

  /** @throws ConfigurationError for what is no user, or is one who has just logged out */
  #named(given: NamedUser): AuthUser {
    if (!isNamedUser(given))
      throw new ConfigurationError(
        `auth method ${this.asking} must give context.logIn a user {id, name}, both as strings`,
      );
    const user = complete(given, this.asking, this.chainSite);
    if (user.valid) return user;
    throw new ConfigurationError(
      `auth method ${this.asking} gives context.logIn a user who has logged out (valid: false): look at known.user.valid first`,
    );
  }

  /** S5: what was there stays as it was. */
  async #denied(before: string | undefined, reason: string, text: string): Promise<TokenSession> {
    const kept =
      before === undefined ? this.#closed({ user: null, reason, text }) : await this.restore(before);
    return kept.withRefusal(reason, text);
  }

  #refuse(id: string | null, decision: TokenDecision): TokenResult {
    this.manager.emit('refused', { reason: decision.reason, ...(id !== null && { id }) });
    return this.#closed(decision);
  }

  #closed(decision: TokenDecision): TokenResult {
    return new TokenResult(this.unavailable(), null, decision);
  }
}

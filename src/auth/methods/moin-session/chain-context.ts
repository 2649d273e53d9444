import type { CookieSigner, ReadCookie } from '../../../session/cookie/signer.js';
import { HandedToken } from '../../../session/cookie/token-carrier.js';
import { newIdentity } from '../../../session/lifecycle/identity.js';
import { SessionContext } from '../../../session/request/context.js';
import type { AuthContext, TokenLoginOptions, TokenSession } from '../../auth-context.js';
import { nameAtLogin } from '../../establish.js';
import type { AuthUser, ChainSite } from '../../method.js';
import { classify } from './classify.js';
import { planOf } from './login.js';
import { openedByToken } from './opened-by-token.js';
import { ownerOf, REFUSAL } from './outcome.js';
import { type Decision, HandedSession } from './token-session.js';

/** Why a token does not verify. */
const UNVERIFIED = {
  absent: 'there is no token',
  malformed: 'the token is not of the form KIND.TOKEN.MAC: cut short, or made by another program?',
  'bad-signature':
    'the signature of the token does not match: was it issued by another site, or was the secret replaced?',
};

const NO_VISITORS = 'this site has no anonymous sessions (anonymousCookieLifetime is 0)';

/** The context of one visit: what `moin_session` uses, and the sessions for other auth methods. */
export class ChainContext extends SessionContext implements AuthContext {
  readonly #signer: CookieSigner;
  readonly #site: ChainSite;

  /** @param own what `SessionContext` takes */
  constructor(site: Omit<ChainSite, 'context'>, ...own: ConstructorParameters<typeof SessionContext>) {
    super(...own);
    this.#signer = own[0].signer;
    this.#site = { ...site, context: this };
  }

  async restore(token: string, known: AuthUser | null = null): Promise<HandedSession> {
    const user = known?.valid ? known : null;
    const cookie = this.#read(token);
    if (cookie.verdict !== 'ok') return this.#refuse(null, user, cookie.verdict, UNVERIFIED[cookie.verdict]);
    const found = await classify(cookie, user, this.#site);
    const carrier = new HandedToken(this.#signer);
    carrier.token = token;
    switch (found.status) {
      case 'unused': {
        const session = this.open(cookie, user && ownerOf(user), null, carrier);
        const text = 'nothing is stored yet; the first value makes a record';
        return new HandedSession(session, carrier, { user, reason: 'anonymous-new', text });
      }
      case 'open':
        return openedByToken(found, user, carrier, this);
      case 'switched-off':
        return this.#refuse(cookie.id, user, 'disabled', NO_VISITORS);
      case 'foreign':
        return this.#refuse(cookie.id, user, 'refused-other-user', found.why);
      case 'replaced':
        return this.#refuse(cookie.id, user, REFUSAL.gone, found.why);
      default:
        return this.#refuse(cookie.id, user, REFUSAL[found.status], found.why);
    }
  }

  async logIn(
    user: AuthUser,
    { rememberMe = false, replaces }: TokenLoginOptions = {},
  ): Promise<TokenSession> {
    const current = await nameAtLogin(user, this.#site);
    if (current.refusal !== null)
      return this.#denied(
        replaces,
        current.refusal.reason,
        `${current.refusal.text}, so they are not logged in`,
      );
    const before = this.#read(replaces);
    const plan = planOf(before.verdict === 'ok' ? [await classify(before, user, this.#site)] : []);
    const moved = plan.predecessor.status === 'open' ? plan.predecessor.record.id : undefined;
    const { limit } = this.manager;
    if (await limit.denies(user.id, moved)) {
      const text = `${current.name} has ${limit.max} sessions already and new logins are refused at that limit (onLimit: deny)`;
      return this.#denied(replaces, 'login-denied', text);
    }
    const owner = { ...ownerOf(user), name: current.name };
    const carrier = new HandedToken(this.#signer);
    // Until the login is done, and if it is not, the client's token is the one of before (S5).
    carrier.token = replaces ?? null;
    const session = this.login(owner, rememberMe, plan, [], carrier);
    const text = `${owner.name} logs in, by ${owner.method}, with a new token that the method sends`;
    const effects = [`create session ${session.id}`, ...plan.ended.map((id) => `end session ${id}`)];
    if (moved !== undefined) effects.push(`move the data of session ${moved}, which is removed`);
    return new HandedSession(session, carrier, {
      user: { ...owner, valid: true },
      reason: 'login',
      text,
      effects,
    });
  }

  async logOut(token: string): Promise<TokenSession> {
    const cookie = this.#read(token);
    if (cookie.verdict !== 'ok')
      return this.#closed({
        user: null,
        reason: 'logout',
        text: `logout, though ${UNVERIFIED[cookie.verdict]}`,
      });
    if (cookie.kind === 'anon') return this.restore(token);
    const found = await classify(cookie, null, this.#site);
    if (found.status === 'gone')
      return this.#closed({ user: null, reason: 'logout', text: `logout: ${found.why}` });
    this.logout(cookie.id, null);
    const owner = 'record' in found ? found.record.user : null;
    return this.#closed({
      user: owner && { ...owner, valid: false },
      reason: 'logout',
      text: owner === null ? 'logout' : `${owner.name} logs out`,
      effects: [`remove session ${cookie.id}`],
    });
  }

  visitor(): TokenSession {
    if (!this.manager.lifetimes.anonymousAllowed)
      return this.#closed({ user: null, reason: 'disabled', text: NO_VISITORS });
    const carrier = new HandedToken(this.#signer);
    const identity = newIdentity({ cookieKind: 'anon', owner: null, remember: false, client: this.client });
    carrier.set(identity, this.manager.firstCookieExpires(identity));
    const { token, id } = identity;
    const session = this.open({ verdict: 'ok', kind: 'anon', token, id, secret: 0 }, null, null, carrier);
    const text = 'a new token that the method sends; the first value makes a record';
    return new HandedSession(session, carrier, { user: null, reason: 'anonymous-new', text });
  }

  /** A method may pass on what a client sent, whatever that is. */
  #read(token: unknown): ReadCookie {
    return typeof token === 'string' ? this.#signer.read(token) : { verdict: 'malformed', kind: null };
  }

  /** S5: what was there stays as it was. */
  async #denied(before: string | undefined, reason: string, text: string): Promise<TokenSession> {
    const kept =
      before === undefined ? this.#closed({ user: null, reason, text }) : await this.restore(before);
    return kept.because({ reason, text, loginRejected: true });
  }

  #refuse(id: string | null, user: AuthUser | null, reason: string, text: string): HandedSession {
    this.manager.emit('refused', { reason, ...(id !== null && { id }) });
    return this.#closed({ user, reason, text });
  }

  #closed(decision: Decision): HandedSession {
    return new HandedSession(this.unavailable(), null, decision);
  }
}

import { currentName } from '../../auth/establish.js';
import type { AuthMethod, AuthRequest, AuthResult, ChainSite, Known } from '../../auth/method.js';
import { classifyAll, preferred } from '../../auth/methods/moin-session/classify.js';
import type { Json, JsonObject } from '../../base/json.js';
import { idOf } from '../../session/cookie/token.js';
import { endOrigin } from '../../session/lifecycle/logout.js';
import type { SessionManager } from '../../session/lifecycle/manager.js';
import type { SessionStore } from '../../store/contract.js';
import { deletedCookie, type OldCookie } from './old-cookie.js';
import { endOld, findOld, type OldStore, type OldUserOf, valuesOf } from './old-sessions.js';
import { readOurCookie } from './our-cookie.js';
import { maxAgeOf, ownerOf } from './record.js';

interface MovingOptions {
  store: OldStore;
  sidOf: (cookie: string | undefined) => string | null;
  cookie: OldCookie;
  userOf: OldUserOf;
  keep: readonly string[] | null;
  /** Null: by the old cookie's lifetime. */
  remember: ((data: JsonObject) => boolean) | null;
}

/** An old session that a request may open. */
interface OldSession {
  sid: string;
  /** Null for a visitor's. */
  owner: { id: string; name: string; method: string } | null;
  values: Map<string, Json | undefined>;
  data: JsonObject;
}

/** The method behind `fromExpressSession`. */
export class MovingMethod implements AuthMethod {
  readonly name = 'from_express_session';
  readonly logsIn = true;
  readonly #options: MovingOptions;
  /** Of each store that sessions have moved to. A site makes a new manager when its secret changes. */
  readonly #managers = new Map<SessionStore, SessionManager>();

  constructor(options: MovingOptions) {
    this.#options = options;
  }

  async authenticate(request: AuthRequest, known: Known, site: ChainSite): Promise<AuthResult> {
    const { sidOf, cookie } = this.#options;
    const sid = sidOf(known.cookies.get(cookie.name));
    if (sid === null)
      return result(known, 'no-cookie', 'the request has no old cookie with a good signature');
    if (known.vetoed) return result(known, 'left-alone', 'a method before took the user away');
    if (request.crossSite !== null) return result(known, 'cross-site', request.crossSite.text);
    const { context } = site;
    if (!site.isSimulated) this.#managers.set(context.manager.store, context.manager);
    const ours = await readOurCookie(idOf(sid), site);
    if (ours.says === 'later') return this.#end(sid, 'the browser has our cookie', request, known, site);
    const old = await this.#find(sid, site);
    if (old === null) return this.#forget('the old store has no session under it', request, known);
    context.origin = idOf(sid);
    if (ours.says === 'open') {
      const { id, user, origin } = ours.record;
      if (old.owner === null || old.owner.id === user?.id)
        return this.#end(sid, 'the browser has our cookie', request, known, site);
      if (origin === undefined && !known.login && !known.logout) {
        await context.manager.end(id, 'logout');
        const why = 'our cookie is of another user, and nobody can tell who came later; both sessions end';
        return this.#end(sid, why, request, known, site);
      }
    }
    return old.owner === null
      ? this.#moveVisitor(old, request, known, site)
      : this.#moveUser({ ...old, owner: old.owner }, request, known, site);
  }

  async #find(sid: string, { context }: ChainSite): Promise<OldSession | null> {
    const { store, userOf, keep } = this.#options;
    const data = await findOld(store, sid, context.manager.now());
    if (data === null) return null;
    const user = await userOf(data);
    return { sid, owner: ownerOf(data, () => user).user, values: valuesOf(data, keep), data };
  }

  /** Ends an old session by a logout, and all sessions that continue it. */
  async end(sid: string): Promise<void> {
    const { store, userOf } = this.#options;
    for (const manager of this.#managers.values()) {
      const data = await findOld(store, sid, manager.now());
      const user = data && (await userOf(data));
      const owner = data && ownerOf(data, () => user).user;
      if (owner) await endOrigin(manager, idOf(sid), owner.id);
    }
    await endOld(store, sid);
  }

  /** S4: a login, unless this request logs in or out by itself. */
  async #moveUser(
    { sid, owner, values, data }: OldSession & { owner: NonNullable<OldSession['owner']> },
    request: AuthRequest,
    known: Known,
    site: ChainSite,
  ): Promise<AuthResult> {
    const { manager } = site.context;
    if (known.logout && !known.login) {
      await endOrigin(manager, idOf(sid), owner.id);
      return this.#end(sid, `${owner.name} logs out`, request, known, site);
    }
    if (known.user?.valid && known.login && known.user.id === owner.id)
      return { ...result(known, 'moved', `the data of ${owner.name} move into the new login`), values };
    if (known.user !== null || known.login)
      return result(known, 'left-alone', 'the request says by itself who sends it');
    // Data of a user who cannot log in must not end up in a visitor's session.
    const { refusal } = await currentName(owner, site.users);
    if (refusal !== null) return result(known, refusal.reason, refusal.text);
    if (await manager.limit.denies(owner.id, undefined, idOf(sid)))
      return result(known, 'login-denied', `${owner.name} has as many sessions as the site allows`);
    // Again, and last: the old session may have ended while `user` and the directory were asked (a logout beside this request).
    if ((await findOld(this.#options.store, sid, manager.now())) === null)
      return this.#forget('the old session has ended during this request', request, known);
    const { remember } = this.#options;
    const usual = manager.lifetimes.of('user', false);
    site.context.isRemembered = remember === null ? (maxAgeOf(data) ?? 0) > usual : remember(data) === true;
    const text = `the session of ${owner.name} moves here; the old one ends when our cookie comes back`;
    return { user: owner, continue: true, login: true, reason: 'moved', text, values };
  }

  /** Moves data once: the session then names the old sid, until the old session has ended. */
  async #moveVisitor(
    { sid, values }: OldSession,
    request: AuthRequest,
    known: Known,
    site: ChainSite,
  ): Promise<AuthResult> {
    if (known.login && known.user?.valid)
      return { ...result(known, 'moved', "the visitor's data move into the login"), values };
    if (known.login || known.user !== null || !site.context.manager.lifetimes.anonymousAllowed)
      return result(known, 'left-alone', 'this request has no session for a visitor');
    const found = preferred(await classifyAll(null, site));
    if (found?.status === 'replaced') return result(known, 'left-alone', found.why);
    const current = found?.status === 'open' ? found.record : null;
    if (current?.origin === idOf(sid)) return this.#end(sid, 'its data have moved', request, known, site);
    for (const key of Object.keys(current?.data ?? {})) values.delete(key);
    // Many applications wrote a session for each visitor. Here one without data is never written (S8).
    if (values.size === 0) return this.#end(sid, 'it holds nothing more', request, known, site);
    const text =
      "the visitor's data move here; the old session ends when they are saved and our cookie comes back";
    site.context.visitorOrigin = idOf(sid);
    return { ...result(known, 'moved', text), values };
  }

  /** Ends the old session. `simulate` changes nothing. */
  async #end(
    sid: string,
    why: string,
    request: AuthRequest,
    known: Known,
    { context, isSimulated }: ChainSite,
  ): Promise<AuthResult> {
    context.origin = undefined;
    if (!isSimulated) await endOld(this.#options.store, sid);
    const { effects = [], ...rest } = this.#forget(`the old session ends: ${why}`, request, known);
    return {
      ...rest,
      reason: 'ended',
      effects: ['end the old session', ...effects],
    };
  }

  #forget(text: string, { secure }: AuthRequest, known: Known): AuthResult {
    const headers = { 'set-cookie': [deletedCookie(this.#options.cookie, secure)] };
    return { ...result(known, 'unknown', text), effects: ['delete the old cookie'], ...{ headers } };
  }
}

function result({ user }: Known, reason: string, text: string): AuthResult {
  return { user, continue: true, reason, text };
}

import { currentName } from '../../auth/establish.js';
import type { AuthMethod, AuthRequest, AuthResult, ChainSite, Known } from '../../auth/method.js';
import { classifyAll, preferred } from '../../auth/methods/moin-session/classify.js';
import type { Json, JsonObject } from '../../base/json.js';
import { idOf } from '../../session/cookie/token.js';
import { SETUID } from '../../session/session.js';
import { OverlayStore } from '../../store/overlay.js';
import { deletedCookie, type OldCookie } from './old-cookie.js';
import { endOld, findOld, type OldStore, type OldUserOf } from './old-sessions.js';
import { ownerOf } from './record.js';

/** Key of the digest of the old sid in a visitor's session, from the move until the old session has ended. */
const MOVED_FROM = 'express-session';

interface MovingOptions {
  store: OldStore;
  sidOf: (cookie: string | undefined) => string | null;
  cookie: OldCookie;
  userOf: OldUserOf;
  keep: readonly string[] | null;
}

/** An old session that a request may open. */
interface OldSession {
  sid: string;
  /** Null for a visitor's. */
  owner: { id: string; name: string; method: string } | null;
  values: Map<string, Json | undefined>;
}

/** The method behind `fromExpressSession`. */
export class MovingMethod implements AuthMethod {
  readonly name = 'from_express_session';
  readonly logsIn = true;
  readonly #options: MovingOptions;

  constructor(options: MovingOptions) {
    this.#options = options;
  }

  async authenticate(request: AuthRequest, known: Known, site: ChainSite): Promise<AuthResult> {
    const { sidOf, cookie } = this.#options;
    const sid = sidOf(known.cookies.get(cookie.name));
    if (sid === null)
      return passed(known, 'no-cookie', 'the request has no old cookie with a good signature');
    if (request.crossSite !== null) return passed(known, 'cross-site', request.crossSite.text);
    // A user's cookie came back: the session has moved, or its user has logged in anew.
    if (site.context.cookies.some((ours) => ours.verdict === 'ok' && ours.kind === 'user'))
      return this.#end(sid, 'the browser has our cookie', request, known, site);
    const old = await this.#find(sid, site);
    if (old === null) return this.#forget('the old store has no session under it', request, known);
    return old.owner === null
      ? this.#moveVisitor(old, request, known, site)
      : this.#moveUser({ ...old, owner: old.owner }, request, known, site);
  }

  async #find(sid: string, { context }: ChainSite): Promise<OldSession | null> {
    const { store, userOf, keep } = this.#options;
    const data = await findOld(store, sid, context.manager.now());
    if (data === null) return null;
    const user = await userOf(data);
    return { sid, owner: ownerOf(data, () => user).user, values: valuesOf(data, keep) };
  }

  /** S4: a login, unless this request logs in or out by itself. */
  async #moveUser(
    { sid, owner, values }: OldSession & { owner: NonNullable<OldSession['owner']> },
    request: AuthRequest,
    known: Known,
    site: ChainSite,
  ): Promise<AuthResult> {
    if (known.logout && !known.login) return this.#end(sid, `${owner.name} logs out`, request, known, site);
    if (known.user?.valid && known.login && known.user.id === owner.id)
      return { ...passed(known, 'moved', `the data of ${owner.name} move into the new login`), values };
    if (known.user !== null || known.login)
      return passed(known, 'left-alone', 'the request says by itself who sends it');
    // Data of a user who cannot log in must not end up in a visitor's session.
    const { refusal } = await currentName(owner, site.users);
    if (refusal !== null) return passed(known, refusal.reason, refusal.text);
    if (await site.context.manager.limit.denies(owner.id, undefined))
      return passed(known, 'login-denied', `${owner.name} has as many sessions as the site allows`);
    // Again, and last: the old session may have ended while `user` and the directory were asked (a logout beside this request).
    if ((await findOld(this.#options.store, sid, site.context.manager.now())) === null)
      return this.#forget('the old session has ended during this request', request, known);
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
      return { ...passed(known, 'moved', "the visitor's data move into the login"), values };
    if (known.login || known.user !== null || !site.context.manager.lifetimes.anonymousAllowed)
      return passed(known, 'left-alone', 'this request has no session for a visitor');
    const found = preferred(await classifyAll(null, site));
    if (found?.status === 'replaced') return passed(known, 'left-alone', found.why);
    const current = found?.status === 'open' ? found.record.data : {};
    if (current[MOVED_FROM] === idOf(sid)) return this.#end(sid, 'its data have moved', request, known, site);
    for (const key of Object.keys(current)) values.delete(key);
    // Many applications wrote a session for each visitor. Here one without data is never written (S8).
    if (values.size === 0) return this.#end(sid, 'it holds nothing more', request, known, site);
    const text =
      "the visitor's data move here; the old session ends when they are saved and our cookie comes back";
    return { ...passed(known, 'moved', text), values: values.set(MOVED_FROM, idOf(sid)) };
  }

  /** Ends the old session. `simulate` changes nothing. */
  async #end(
    sid: string,
    why: string,
    request: AuthRequest,
    known: Known,
    { context }: ChainSite,
  ): Promise<AuthResult> {
    if (!(context.manager.store instanceof OverlayStore)) await endOld(this.#options.store, sid);
    const { effects = [], ...rest } = this.#forget(`the old session ends: ${why}`, request, known);
    return {
      ...rest,
      reason: 'ended',
      effects: ['end the old session', ...effects],
      values: new Map([[MOVED_FROM, undefined]]),
    };
  }

  #forget(text: string, { secure }: AuthRequest, known: Known): AuthResult {
    const headers = { 'set-cookie': [deletedCookie(this.#options.cookie, secure)] };
    return { ...passed(known, 'unknown', text), effects: ['delete the old cookie'], ...{ headers } };
  }
}

function passed({ user }: Known, reason: string, text: string): AuthResult {
  return { user, continue: true, reason, text };
}

/** What moves along. Who one is, and whom a superuser acts as, is decided here, never by old data. */
function valuesOf(data: JsonObject, keep: readonly string[] | null): OldSession['values'] {
  const own = ['cookie', 'passport', SETUID, MOVED_FROM];
  const isKept = (key: string) => (keep === null || keep.includes(key)) && !own.includes(key);
  return new Map(Object.entries(data).filter(([key]) => isKept(key)));
}

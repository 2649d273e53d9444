import type { Session } from '../session/session.js';
import type { AuthUser, NamedUser } from './auth-user.js';

/**
 * Sessions for auth methods that stand beside `moin_session` or replace it (spec 3). Their tokens travel as the method
 * likes: in `Authorization: Bearer`, in a cookie of the method's own. Nothing here sets the cookie of `moin_session`.
 *
 * The sessions are those of the store: the command line lists and ends them, and S3, S4, S6, S8 and S9 hold for them. A login
 * and a logout are only noted, and done after the last method of the chain: a chain that fails changes nothing.
 *
 * A method puts `session` on the request, and returns the other fields with `continue: false`: a `moin_session` behind it
 * would look for a session under its own cookie.
 */
export interface AuthContext {
  /**
   * The session under a token that `logIn` or `visitor` gave, and its user (S2, S3). Without one, `user` is null and `session`
   * is not available; `reason` and `text` say why. A token with a wrong signature costs no store access.
   * @param user the user whom an earlier method established: `known.user`. Only that user's session is opened, or a visitor's,
   *   which becomes theirs (S7, S10); `user` is then that user in any case. Default: the token identifies its user
   * @throws StoreError when the store or the user directory fails
   */
  restore(token: string, user?: AuthUser | null): Promise<TokenSession>;
  /**
   * A new session for a user whose credentials are checked (S4); then `reason` is `login`. The user directory is asked, past
   * every cache. If it refuses the user, and at the limit of S9 with `onLimit: 'deny'`, the session under `replaces` stays as
   * it was, with its user (S5); `loginRejected` is true.
   * @param user as in `AuthResult`: `{ id, name }` is enough, and `method` must belong to the chain
   * @throws ConfigurationError for another `method`, and for a user who has logged out (`valid: false`)
   */
  logIn(user: NamedUser, options?: TokenLoginOptions): Promise<TokenSession>;
  /** Ends the session under a token for good (S6). `user` is who it was, and is not valid any more. A visitor's session stays. */
  logOut(token: string): Promise<TokenSession>;
  /** An empty session of a visitor under a new token (A1). Not available if the site has no anonymous sessions. */
  visitor(): TokenSession;
  /** An empty session that is not available: its values are kept for this request alone (S1). */
  unavailable(): Session;
}

export interface TokenLoginOptions {
  /** "Remember me": asks for a longer lifetime (spec 3, Lifetimes). Default false. */
  rememberMe?: boolean;
  /**
   * The token that the client had before. The data of its session move along if it is a visitor's or the same user's; another
   * user's session ends (S4). Default: none; all sessions of the client stay.
   */
  replaces?: string;
}

/** A session whose token travels by other means than the cookie of `moin_session`, in the form of an `AuthResult`. */
export interface TokenSession {
  readonly session: Session;
  /** As in `AuthResult`. */
  readonly user: AuthUser | null;
  readonly reason: string;
  readonly text: string;
  readonly effects: string[];
  readonly loginRejected: boolean;
  /** As in `AuthResult`: true after `logIn`, if it was not refused. */
  readonly login: boolean;
  /**
   * The token that the client has to send from now on; null if there is no session. A login gives a new one after the chain,
   * and `session.rotate()` another: so read it in the function `headers` of the `AuthResult`, at each commit.
   */
  readonly token: string | null;
  /**
   * When the token expires; null without a token. Each refresh moves it (S8). Without a record yet it is a whole lifetime
   * from now.
   */
  readonly tokenExpires: Date | null;
}

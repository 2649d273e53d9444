import type { Json } from '../base/json.js';
import type { ClientCertificate, HeaderFields, IncomingRequest, LoginForm } from '../http/request.js';
import type { SessionContext } from '../session/request/context.js';
import type { Session } from '../session/session.js';
import type { SessionOwner } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';

/** The user as the chain passes them on. */
export interface AuthUser extends SessionOwner {
  /** False after a logout: later methods still get to know who it was (S6). */
  valid: boolean;
}

/** The request as auth methods get it. */
export interface AuthRequest extends Required<Pick<IncomingRequest, 'method' | 'url'>> {
  /** By lower-case name, unless the request was written by hand. */
  readonly headers: HeaderFields;
  readonly remoteAddress: string | undefined;
  /** True when the browser's connection is HTTPS, here or at a trusted proxy. */
  readonly secure: boolean;
  readonly clientCertificate: ClientCertificate | undefined;
  /** Empty when another site sent it: see `crossSite`. */
  readonly form: Readonly<LoginForm>;
  readonly body: unknown;
  /** Set when another site sent the request (spec 2): its form logs nobody in or out, and it gets no anonymous cookie. */
  readonly crossSite: CrossSite | null;
  readonly raw: unknown;
  /**
   * The request's session. A method may put its own here, if it follows the public interface (spec 3);
   * null until some method did.
   */
  session: Session | null;
}

/** What is to be said of a request that another site sent. */
export interface CrossSite {
  /** Why it counts as such and what to do if it should not, in words for people. */
  readonly text: string;
  /** The form asked to log in or out. */
  readonly asksForLogin: boolean;
}

/** What is known when a method's turn comes (spec 3). */
export interface Known {
  readonly user: AuthUser | null;
  readonly name: string;
  readonly password: string;
  /** The request asks to log in. */
  readonly login: boolean;
  /** The request asks to log out. */
  readonly logout: boolean;
  /** An earlier method took the login for its own and refused it, and none established a user since. */
  readonly loginRejected: boolean;
  /** An earlier method took away the user whom one before it had established: nobody is to be logged in. */
  readonly vetoed: boolean;
  /** The request's cookies by name; of equal names the first. */
  readonly cookies: ReadonlyMap<string, string>;
}

/** What a method decides. */
export interface AuthResult {
  /**
   * The same user as before, another one, or null: a veto if there was one. A user without `method` is taken to be
   * established by this method, and one without `valid` to be valid; `method` may be `NAME:LABEL`, NAME a method of the
   * chain. Where the site has a user directory, its entry of this `id` decides on the name, and on whether they can be
   * logged in at all.
   */
  user: (Pick<AuthUser, 'id' | 'name'> & Partial<AuthUser>) | null;
  /** Whether the chain goes on to the next method. */
  continue: boolean;
  /** One word for programs (`restored`, `rejected`, …). Default: `accepted` if the user changed, else `passed`. */
  reason?: string;
  /** Why, in words for people: shown by `moin-sessions simulate`. Never a token or a password. */
  text?: string;
  /** What the step did besides, each in a few words. */
  effects?: string[];
  /** The login form was meant for this method, and it refused. */
  loginRejected?: boolean;
  /** The user has logged in by this very request, though it sent no login form: S4 applies. */
  login?: boolean;
  /**
   * The answer to this request, in place of the application's: a redirect, a challenge. The first one counts. Later
   * methods still run if `continue` says so, so that the visitor keeps their session.
   */
  response?: AuthResponse;
  /** Put into the request's session when the chain has ended, whichever method provides it; undefined removes a value. */
  values?: ReadonlyMap<string, Json | undefined>;
}

/** An answer that an auth method gives in place of the application. */
export interface AuthResponse {
  status: number;
  /** Header fields, by lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** Text. Default: none. */
  body?: string;
}

/** What the site lends to its methods. */
export interface AuthSite {
  readonly users: UserDirectory | undefined;
  /** Sessions and their cookie in this visit: for methods that replace the built-in ones. */
  readonly context: SessionContext;
  /** The names of the chain's methods, in its order; null in `simulate` where no configuration says what they are. */
  readonly chain: readonly string[] | null;
}

/** One link of the auth chain (spec 3). */
export interface AuthMethod {
  /** As it stands in the trace, and in records of users whom it establishes. */
  readonly name: string;
  /** Decides on one request. What it throws ends the request as failed: nobody is logged in, nothing is saved. */
  authenticate(request: AuthRequest, known: Known, site: AuthSite): AuthResult | Promise<AuthResult>;
  /** Checks at start whether the method can work on this site. @throws ConfigurationError with the remedy. */
  configure?(site: Pick<AuthSite, 'users'>): void;
}

/** One step of the trace: what a method got, decided and did. */
export interface AuthStep {
  method: string;
  userBefore: AuthUser | null;
  userAfter: AuthUser | null;
  continue: boolean;
  reason: string;
  text: string;
  effects: string[];
}

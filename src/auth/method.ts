import type { Json } from '../base/json.js';
import type { ClientCertificate, HeaderFields, IncomingRequest, LoginForm } from '../http/request.js';
import type { ResponseHeaders } from '../http/response-headers.js';
import type { SessionContext } from '../session/request/context.js';
import type { Session } from '../session/session.js';
import type { CachingDirectory } from '../users/caching-directory.js';
import type { UserDirectory } from '../users/directory.js';
import type { AuthContext } from './auth-context.js';
import type { AuthUser, NamedUser } from './auth-user.js';

export type { AuthUser, NamedUser };

/** A request as auth methods see it. */
export interface AuthRequest extends Required<Pick<IncomingRequest, 'method' | 'url'>> {
  /** Names are in lower case, unless the request was written by hand. */
  readonly headers: HeaderFields;
  readonly remoteAddress: string | undefined;
  /** True when the browser's connection is HTTPS, here or at a trusted proxy. */
  readonly secure: boolean;
  readonly clientCertificate: ClientCertificate | undefined;
  /** Empty when another site sent the request: see `crossSite`. */
  readonly form: Readonly<LoginForm>;
  readonly body: unknown;
  /**
   * Set when another site sent the request (spec 2); with `cookieSameSite: 'Strict'` also for a page that another site
   * links to. Its form logs nobody in or out, and it gets no anonymous cookie.
   */
  readonly crossSite: CrossSite | null;
  /** The server's own request object. */
  readonly raw: unknown;
  /** Null until a method puts a session here. It may be the method's own, if it follows the `Session` interface (spec 3). */
  session: Session | null;
}

/** Details of a request that another site sent. */
export interface CrossSite {
  /** Why the request counts as cross-site, and the remedy; for people. */
  readonly text: string;
  /** Whether the form asked to log in or out. */
  readonly asksForLogin: boolean;
}

/** The state of the chain when a method runs (spec 3). */
export interface Known {
  readonly user: AuthUser | null;
  readonly name: string;
  readonly password: string;
  /** The request asks to log in. */
  readonly login: boolean;
  /** The request asks to log out. */
  readonly logout: boolean;
  /** An earlier method that logs in (`logsIn`, or `login` in its answer) has established the user for this login. */
  readonly loginAccepted: boolean;
  /** An earlier method refused the login, and no method has established a user since. */
  readonly loginRejected: boolean;
  /** An earlier method took the user away, and no method has established one since: log nobody in. */
  readonly vetoed: boolean;
  /** Values that earlier methods want in the session; written after the chain. Undefined removes one. */
  readonly values: ReadonlyMap<string, Json | undefined>;
  /** The request's cookies by name; of equal names the first. */
  readonly cookies: ReadonlyMap<string, string>;
}

/** The answer of an auth method. */
export interface AuthResult {
  /**
   * The user known before, another user, or null. Null is a veto if a user was known. `method` defaults to this method's
   * name, and may be `NAME:LABEL`, where NAME is a method of the chain; `valid` defaults to true. If the site has a user
   * directory, its entry of this `id` decides on the name, on the fields of `UserFields`, and on whether the user can be
   * logged in. Without a directory, further properties become fields of `visit.user` in this request.
   */
  user: NamedUser | null;
  /** Whether the chain goes on to the next method. */
  continue: boolean;
  /** One word for programs (`restored`, `rejected`, …). Default: `accepted` for a new user, `veto` for a veto, else `passed`. */
  reason?: string;
  /** Why, for people: `moin-sessions simulate` shows it. Must hold no token and no password. Default: empty. */
  text?: string;
  /** Side effects of the step, each in a few words. Default: none. */
  effects?: string[];
  /** True when this method checked the login, or the credentials, of this request and refused them. Default false. */
  loginRejected?: boolean;
  /** The name whose login was refused, for the event `login-failed`. Default: that of the login form. */
  loginName?: string;
  /**
   * Why the login was refused, in one word for the audit log alone, which may say more than the event `login-failed`:
   * `unknown-user`, `disabled-user`, `wrong-password`. Default: `reason`.
   */
  auditReason?: string;
  /** True when this request is a login although it sent no login form: S4 applies. Default false. */
  login?: boolean;
  /**
   * An answer in place of the application's: a redirect, a challenge. The first one in the chain counts. Later methods
   * still run if `continue` is true: the visitor keeps their session.
   */
  response?: AuthResponse;
  /**
   * Header fields of the response, whoever answers: a cookie of the method's own, a token. A function is called at each
   * `commit`, after the session was saved. A value that no header can hold fails the request.
   *
   * `set-cookie` comes beside other cookies, and `vary` is merged. Of other fields with the same name, the later method's
   * counts, and the application's own before all. `cache-control` is never loosened: a `no-store` counts before the
   * application's own, too; a `private` or `no-cache` of earlier methods and of ours is added.
   */
  headers?: ResponseHeaders | (() => ResponseHeaders);
  /**
   * Values to put into the session after the chain has ended, whichever method opens it; undefined removes a value. A
   * visitor's session begins at once for them, if `moin_anon_session` stands behind this method.
   */
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

/** The parts of the site that auth methods may use. */
export interface AuthSite {
  readonly users: UserDirectory | undefined;
  /** Sessions for methods that stand beside `moin_session` or replace it. */
  readonly context: AuthContext;
  /** The names of the chain's methods, in order. Null if `simulate` runs without a configuration that names them. */
  readonly chain: readonly string[] | null;
}

/** The site as the chain and the built-in methods see it. */
export interface ChainSite extends AuthSite {
  readonly users: CachingDirectory | undefined;
  readonly context: SessionContext &
    AuthContext & {
      /** The name of the method that runs: the default `method` of a user whom `logIn` gets. */
      asking: string;
    };
  /** Whether `simulate` runs the chain: then methods must change nothing outside of the sessions. */
  readonly isSimulated: boolean;
  /** When `simulate` looks at another moment: that moment in ms. Sessions that began later are not there yet. */
  readonly asOf?: number | undefined;
  /** The option `anonymousSessions`: when a visitor's session begins (A1). */
  readonly anonymousSessions: 'returning' | 'first-visit';
}

/** One link of the auth chain (spec 3). */
export interface AuthMethod {
  /**
   * Appears in the trace, and in the records of users that this method establishes. Not empty, without a colon, and not
   * `route`, `setuid` or `express-session`, which name sessions from outside of the chain.
   */
  readonly name: string;
  /** Decides on one request. An error ends the request: nobody is logged in, nothing is saved. */
  authenticate(request: AuthRequest, known: Known, site: AuthSite): AuthResult | Promise<AuthResult>;
  /**
   * True for a method whose users log in (S4): then it must stand before `moin_session`, or the chain is refused at start.
   * `moin_login` keeps a user whom it has established for a login form.
   * Default false.
   */
  readonly logsIn?: boolean;
  /** Checks at start that the method can work on this site. @throws ConfigurationError with the remedy */
  configure?(site: Pick<AuthSite, 'users'>): void;
}

/** One step of the trace: the input, the decision and the effects of one method. */
export interface AuthStep {
  method: string;
  userBefore: AuthUser | null;
  userAfter: AuthUser | null;
  continue: boolean;
  reason: string;
  text: string;
  effects: string[];
}

import { ConfigurationError } from '../base/errors.js';
import { OUTSIDE } from '../session/lifecycle/chain-names.js';
import type { AuthMethod } from './method.js';
import { type HttpBasicOptions, httpBasic } from './methods/http-basic.js';
import { log } from './methods/log.js';
import { moinAnonSession } from './methods/moin-anon-session.js';
import { moinLogin } from './methods/moin-login.js';
import { type MoinSessionOptions, moinSession } from './methods/moin-session/method.js';
import { type RemoteUserOptions, remoteUser } from './methods/remote-user.js';
import { type SslClientCertOptions, sslClientCert } from './methods/ssl-client-cert.js';

interface Entry<Options> {
  /** The names of the options that a configuration may set beside `method`. */
  options: readonly (keyof Options & string)[];
  make: (options: Options) => AuthMethod;
}

function entry<Options extends object>(
  make: (options: Options) => AuthMethod,
  options: Entry<Options>['options'] = [],
): Entry<Options> {
  return { make, options };
}

/** The built-in methods by their names in configuration files (spec 3). */
const BUILT_IN = {
  moin_login: entry(() => moinLogin()),
  moin_session: entry<MoinSessionOptions>(moinSession, ['leave']),
  moin_anon_session: entry(() => moinAnonSession()),
  http_basic: entry<HttpBasicOptions>(httpBasic, ['realm']),
  remote_user: entry<RemoteUserOptions>(remoteUser, ['trusted', 'from']),
  ssl_client_cert: entry<SslClientCertOptions>(sslClientCert, ['attribute']),
  log: entry(() => log()),
};

/** The names that a chain may have only once. */
const SINGLE = [...Object.keys(BUILT_IN), 'passport'];

/** The name of a built-in method. */
export type BuiltInMethod = keyof typeof BUILT_IN;

/** A built-in method with its options: `{ method: 'remote_user', trusted: ['127.0.0.1'] }`. */
export type BuiltInOption =
  | ({ method: 'http_basic' } & HttpBasicOptions)
  | ({ method: 'moin_session' } & MoinSessionOptions)
  | ({ method: 'remote_user' } & RemoteUserOptions)
  | ({ method: 'ssl_client_cert' } & SslClientCertOptions);

/** A link of the chain in the configuration: a name, a name with options, or a method. */
export type AuthOption = BuiltInMethod | BuiltInOption | AuthMethod;

/**
 * The methods of a chain, in order.
 * @param anonymousLifetimeGiven whether `anonymousCookieLifetime` is set; 0 counts as set
 * @throws ConfigurationError for an unknown name, or an order that cannot work (spec 3)
 */
export function readChain(auth: readonly AuthOption[], anonymousLifetimeGiven: boolean): AuthMethod[] {
  if (!Array.isArray(auth))
    throw new ConfigurationError("option auth must be a list: ['moin_login', 'moin_session']");
  const methods = auth.map(readMethod);
  const names = methods.map(({ name }) => name);
  const twice = names.find((name, index) => SINGLE.includes(name) && names.indexOf(name) !== index);
  if (twice === 'passport')
    throw new ConfigurationError("passport stands twice in 'auth': give one of them another 'name'");
  if (twice !== undefined) throw new ConfigurationError(`${twice} stands twice in 'auth': keep one of them`);
  assertLoginsFirst(methods);
  const anonymous = names.indexOf('moin_anon_session');
  if (anonymous === -1) return methods;
  if (anonymous < names.indexOf('moin_session')) {
    throw new ConfigurationError("moin_anon_session stands before moin_session in 'auth': put it behind");
  }
  if (!anonymousLifetimeGiven) {
    throw new ConfigurationError(
      "moin_anon_session stands in 'auth' but anonymousCookieLifetime is not set: set it (hours), or take the method out",
    );
  }
  return methods;
}

/** A record names the method of its user: a session of such a method would never be judged by the chain (spec 2). */
function assertName(name: string): void {
  const why = flawOf(name);
  if (why === null) return;
  throw new ConfigurationError(
    `'auth' has a method with the name ${JSON.stringify(name)}, but ${why}: give it another 'name'`,
  );
}

function flawOf(name: string): string | null {
  if (name === '') return 'it must not be empty';
  if (name.includes(':')) return "a colon begins a label in a user's 'method'";
  return OUTSIDE.includes(name) ? 'sessions from outside of the chain have this name' : null;
}

/** A login is `moin_session`'s to carry out, so a method behind it could log nobody in. */
function assertLoginsFirst(methods: readonly AuthMethod[]): void {
  const session = methods.findIndex(({ name }) => name === 'moin_session');
  if (session === -1) return;
  const late = methods.slice(session).find(({ logsIn }) => logsIn === true);
  if (late === undefined) return;
  const isAlwaysLogin = ['moin_login', 'from_express_session'].includes(late.name);
  const or = isAlwaysLogin ? '' : ', or give it login: false if its users do not log in';
  throw new ConfigurationError(
    `${late.name} stands behind moin_session in 'auth', where it can log nobody in: put it before moin_session${or}`,
  );
}

/** One link of the chain. @throws ConfigurationError for what cannot work in any chain */
export function readMethod(option: unknown): AuthMethod {
  const method = methodOf(option);
  assertName(method.name);
  return method;
}

function methodOf(option: unknown): AuthMethod {
  if (typeof option === 'string') return builtIn(option, {});
  const candidate = (option ?? {}) as Partial<AuthMethod> & { method?: unknown };
  if (typeof candidate.name === 'string' && typeof candidate.authenticate === 'function')
    return candidate as AuthMethod;
  const { method, ...options } = candidate;
  if (typeof method === 'string') return builtIn(method, options);
  throw new ConfigurationError(
    "each entry of 'auth' is a name or a method: 'moin_session', { method: 'remote_user', trusted: […] }, or an object with 'name' and 'authenticate'",
  );
}

function builtIn(name: string, options: object): AuthMethod {
  if (name === 'passport') {
    throw new ConfigurationError(
      "passport needs a strategy, which only code can give: put passport(strategy) into 'auth' in a .ts or .js configuration",
    );
  }
  if (!Object.hasOwn(BUILT_IN, name)) {
    throw new ConfigurationError(
      `'auth' names ${JSON.stringify(name)}, but there are ${Object.keys(BUILT_IN).join(', ')}`,
    );
  }
  const { make, options: allowed }: Entry<never> = BUILT_IN[name as BuiltInMethod];
  const unknown = Object.keys(options).find((key) => !(allowed as string[]).includes(key));
  if (unknown !== undefined) {
    const known = allowed.length === 0 ? 'it has none' : `there are ${allowed.join(', ')}`;
    throw new ConfigurationError(`${name} has no option ${JSON.stringify(unknown)}: ${known}`);
  }
  return make(options as never);
}

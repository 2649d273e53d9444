import { ConfigurationError } from '../errors.js';
import { log } from './log.js';
import type { AuthMethod } from './method.js';
import { moinAnonSession } from './moin-anon-session.js';
import { moinLogin } from './moin-login.js';
import { moinSession } from './moin-session/method.js';

/** The built-in methods by the names that they have in configuration files (spec 3). */
const BUILT_IN = {
  moin_login: () => moinLogin(),
  moin_session: () => moinSession(),
  moin_anon_session: () => moinAnonSession(),
  log: () => log(),
} satisfies Record<string, (options: never) => AuthMethod>;

/** The name of a built-in method, for configuration files. */
export type BuiltInMethod = keyof typeof BUILT_IN;

/** A link of the chain as configured: a name, or a method. */
export type AuthOption = BuiltInMethod | AuthMethod;

/**
 * The methods of a chain, in its order.
 * @param anonymousLifetimeGiven whether `anonymousCookieLifetime` is configured at all; 0 is an answer
 * @throws ConfigurationError for an unknown name, or an order that cannot work (spec 3)
 */
export function readChain(auth: readonly AuthOption[], anonymousLifetimeGiven: boolean): AuthMethod[] {
  if (!Array.isArray(auth))
    throw new ConfigurationError("option auth must be a list: ['moin_login', 'moin_session']");
  const methods = auth.map(readMethod);
  const names = methods.map(({ name }) => name);
  const twice = names.find((name, index) => Object.hasOwn(BUILT_IN, name) && names.indexOf(name) !== index);
  if (twice !== undefined) throw new ConfigurationError(`${twice} stands twice in 'auth': keep one of them`);
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

function readMethod(option: unknown): AuthMethod {
  if (typeof option === 'string') {
    if (Object.hasOwn(BUILT_IN, option)) return BUILT_IN[option as BuiltInMethod]();
    throw new ConfigurationError(
      `'auth' names ${JSON.stringify(option)}, but there are ${Object.keys(BUILT_IN).join(', ')}`,
    );
  }
  const method = (option ?? {}) as Partial<AuthMethod>;
  if (typeof method.name === 'string' && typeof method.authenticate === 'function')
    return method as AuthMethod;
  throw new ConfigurationError(
    "each entry of 'auth' is a name or a method: an object with 'name' and 'authenticate'",
  );
}

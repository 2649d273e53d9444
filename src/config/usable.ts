import type { AuthMethod } from '../auth/method.js';
import { CookieSigner } from '../session/cookie/signer.js';
import type { UserDirectory } from '../users/directory.js';
import type { Settings } from './settings.js';

/**
 * Checks what only secrets and auth methods themselves can tell, at the start and not at a request: their length, and whether a
 * method has the users that it needs. Returns the signer; null when the store keeps the secret.
 * @throws ConfigurationError naming the option and the remedy
 */
export function assertUsable(
  { cookieName, secrets, methods }: Pick<Settings, 'cookieName' | 'secrets' | 'methods'>,
  users: UserDirectory | undefined,
): CookieSigner | null {
  const signer = secrets === undefined ? null : new CookieSigner(cookieName, secrets);
  configureMethods(methods, users);
  return signer;
}

/** @throws ConfigurationError when a method has not the users that it needs */
export function configureMethods(methods: readonly AuthMethod[], users: UserDirectory | undefined): void {
  for (const method of methods) method.configure?.({ users });
}

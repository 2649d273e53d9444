import { isDisabled, type UserDirectory } from '../../users/directory.js';
import type { AuthResult, AuthUser, Known } from '../method.js';

/**
 * The answer of a method that gets the name from a proxy or a certificate. Looks the name up in the user directory;
 * without a directory, the name is the user's id.
 */
export async function vouchedUser(
  name: string,
  method: string,
  known: Known,
  users: UserDirectory | undefined,
): Promise<AuthResult> {
  const nobody = { user: known.user, continue: true };
  const entry = users === undefined ? { id: name, name } : await users.findByName(name);
  if (entry === null) return { ...nobody, reason: 'unknown-user', text: `there is no user ${name}` };
  if (isDisabled(entry)) {
    return { ...nobody, reason: 'disabled-user', text: `the user ${entry.name} is disabled` };
  }
  const user: AuthUser = { id: entry.id, name: entry.name, method, valid: true };
  return { user, continue: true, reason: 'accepted', text: `${method} vouches for ${entry.name}` };
}

/** The answer of a method that looks at every request, if an earlier method has established a user: the first one counts. */
export function establishedBefore({ user }: Known): AuthResult | null {
  if (!user?.valid) return null;
  return {
    user,
    continue: true,
    reason: 'already-established',
    text: `${user.name} was established by ${user.method}`,
  };
}

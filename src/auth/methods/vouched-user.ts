import { isDisabled, type UserDirectory } from '../../users/directory.js';
import type { AuthResult, AuthUser, Known } from '../method.js';

/**
 * The answer of a method that gets the name of its user from a proxy or a certificate. Looks the name up in the user
 * directory. Without a directory, the name is also the id.
 */
export async function vouchedUser(
  name: string,
  method: string,
  known: Known,
  users: UserDirectory | undefined,
): Promise<AuthResult> {
  const passed = { user: known.user, continue: true };
  const entry = users === undefined ? { id: name, name } : await users.findByName(name);
  if (entry === null) return { ...passed, reason: 'unknown-user', text: `there is no user ${name}` };
  if (isDisabled(entry)) {
    return { ...passed, reason: 'disabled-user', text: `the user ${entry.name} is disabled` };
  }
  const user: AuthUser = { id: entry.id, name: entry.name, method, valid: true };
  return { user, continue: true, reason: 'accepted', text: `${method} vouches for ${entry.name}` };
}

/** The answer of a method when an earlier one has established a user, because the first user counts; null when none has. */
export function establishedBefore({ user }: Known): AuthResult | null {
  if (!user?.valid) return null;
  return {
    user,
    continue: true,
    reason: 'already-established',
    text: `${user.name} was established by ${user.method}`,
  };
}

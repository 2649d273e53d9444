import type { SessionOwner } from '../store/contract.js';
import type { UserFields } from '../users/directory.js';

/** A user on the way through the chain. */
export interface AuthUser extends SessionOwner {
  /** False after a logout: later methods still see who it was (S6). */
  valid: boolean;
}

/** A user as an auth method names them. What is left out has the defaults of `AuthResult.user`. */
export type NamedUser = Pick<AuthUser, 'id' | 'name'> & Partial<AuthUser & UserFields>;

import type { SessionOwner } from '../store/contract.js';

/** A user on the way through the chain. */
export interface AuthUser extends SessionOwner {
  /** False after a logout: later methods still see who it was (S6). */
  valid: boolean;
}

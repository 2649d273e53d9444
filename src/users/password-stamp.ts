import { lateCrypto } from '../base/late-crypto.js';
import type { StoredUser } from './user-file.js';

/**
 * An opaque text that changes whenever the password is set, also by hand or by a version that knows no stamps, and stays when
 * its hash is renewed.
 */
export function passwordStamp({ password, passwordRenewal }: StoredUser): string {
  const digest = digestOf(password);
  return passwordRenewal?.hash === digest ? passwordRenewal.stamp : digest;
}

/** Replaces the hash by another one of the same password. The stamp stays. */
export function renewHash(user: StoredUser, hash: string): void {
  user.passwordRenewal = { hash: digestOf(hash), stamp: passwordStamp(user) };
  user.password = hash;
}

/** Replaces the password. The stamp changes, because each hash has a random salt. */
export function replacePassword(user: StoredUser, hash: string): void {
  delete user.passwordRenewal;
  user.password = hash;
}

function digestOf(hash: string): string {
  return lateCrypto().createHash('sha256').update(hash).digest('base64url');
}

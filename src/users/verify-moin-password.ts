import { timingSafeEqual } from 'node:crypto';
import { StoreError } from '../base/errors.js';
import { readMoinPassword } from './legacy/moin-password.js';
import { legacyDigest, spellingsOf } from './legacy/scheme.js';
import { normalizePassword } from './password.js';
import { withHashingSlot } from './scrypt.js';

/**
 * Whether a password is that of `enc_password` in a wiki's user file. False without a hash, and for what can be no password
 * here: an empty one, one of more than 1024 bytes, or one with control characters.
 * @param name the typed name: in the line for hashing, names take turns
 * @throws TooManyLoginsError; StoreError for a hash that cannot be checked here, and when no thread can start
 */
export async function verifyMoinPassword(encPassword: string, password: string, name = ''): Promise<boolean> {
  const normalized = normalizePassword(password);
  if (normalized === null) return false;
  const { scheme, hash, flaw } = readMoinPassword(encPassword);
  if (scheme === null) return false;
  if (hash === null)
    throw new StoreError(
      `the password hash of the scheme ${scheme} is not one that can be checked here: ${flaw}`,
    );
  return withHashingSlot(name, async () => {
    let isRight = false;
    for (const spelling of spellingsOf(normalized, password, [hash.kind])) {
      const digest = await legacyDigest(hash, spelling);
      if (digest.length === hash.digest.length && timingSafeEqual(digest, hash.digest)) isRight = true;
    }
    return isRight;
  });
}

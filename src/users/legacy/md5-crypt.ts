import { createHash } from 'node:crypto';
import { cryptBase64 } from './crypt-base64.js';
import { mix } from './rounds.js';

/** The order in which the text has the bytes of the digest. */
const ORDER = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]] as const;

/**
 * The hash of FreeBSD's crypt(3), and Apache's variant of it, which differ in `magic`. Returns the 22 characters behind the salt.
 * @param salt up to eight bytes
 */
export function md5Crypt(password: Uint8Array, salt: Uint8Array, magic: '$1$' | '$apr1$'): string {
  const inner = createHash('md5').update(password).update(salt).update(password).digest();
  const hash = createHash('md5').update(password).update(magic).update(salt);
  for (let left = password.length; left > 0; left -= 16) hash.update(inner.subarray(0, Math.min(16, left)));
  for (let bits = password.length; bits > 0; bits >>= 1)
    hash.update(bits % 2 === 1 ? Buffer.of(0) : password.subarray(0, 1));
  const digest = mix({ algorithm: 'md5', start: hash.digest(), password, salt, rounds: 1000 });
  return cryptBase64(digest, ORDER);
}

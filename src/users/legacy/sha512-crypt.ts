import { createHash } from 'node:crypto';
import { cryptBase64 } from './crypt-base64.js';
import { mixInThread } from './rounds-thread.js';

const BYTES = 64;

/** The order in which the text has the bytes of the digest: three columns that change places in each line. */
const ORDER = [
  ...Array.from({ length: 21 }, (_, line) => {
    const columns = [line, line + 21, line + 42];
    return [0, 1, 2].map((column) => columns[(column + line) % 3] as number);
  }),
  [63],
];

/**
 * The hash of "Unix crypt using SHA-256 and SHA-512" (U. Drepper), version 0.4. Returns the 86 characters behind the salt.
 * @param password of 1024 bytes at most: the time grows with the square of its length
 * @param salt up to 16 bytes
 * @param rounds from 1000 on; each takes about 1.5 microseconds, in a thread of its own
 * @throws StoreError when no thread can start
 */
export async function sha512Crypt(password: Uint8Array, salt: Uint8Array, rounds: number): Promise<string> {
  const inner = sha512(password, salt, password);
  const hash = createHash('sha512').update(password).update(salt).update(repeated(inner, password.length));
  for (let bits = password.length; bits > 0; bits >>= 1) hash.update(bits % 2 === 1 ? inner : password);
  const start = hash.digest();
  const digest = await mixInThread({
    algorithm: 'sha512',
    start,
    password: repeated(sha512(...Array<Uint8Array>(password.length).fill(password)), password.length),
    salt: repeated(sha512(...Array<Uint8Array>(16 + (start[0] ?? 0)).fill(salt)), salt.length),
    rounds,
  });
  return cryptBase64(digest, ORDER);
}

function sha512(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** As many bytes as `length` says, from the digest again and again. */
function repeated(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest.subarray(0, BYTES));
}

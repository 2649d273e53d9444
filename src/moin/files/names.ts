import { lateCrypto } from '../../base/late-crypto.js';

/**
 * The name of a file as the bytes that it is: one character for each byte (latin1). MoinMoin 1.6 takes any bytes that a client
 * sends as the name of a session, so a name need not be UTF-8.
 */
export type FileName = string;

/** The id of the session in the file of this name: the digest of the secret, which is the name (spec 8). */
export function idOfName(name: FileName): string {
  return lateCrypto().createHash('sha256').update(name, 'latin1').digest('hex').slice(0, 32);
}

/** The bytes of a name, as the file system takes them. */
export function bytesOfName(name: FileName): Buffer {
  return Buffer.from(name, 'latin1');
}

/** The name with these bytes. */
export function nameOfBytes(bytes: Uint8Array): FileName {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** The name of this text, such as the value of a cookie. */
export function nameOfText(text: string): FileName {
  return Buffer.from(text).toString('latin1');
}

/** The text of a name; what is no UTF-8 becomes U+FFFD. */
export function textOfName(name: FileName): string {
  return bytesOfName(name).toString();
}

/** The most bytes that file systems take in a name. */
const LONGEST = 255;

/** Whether a name from outside, such as from a file of secrets, is one file of a folder and leads nowhere else (I6). */
export function isFileName(name: FileName): boolean {
  const isPlace = name === '' || name === '.' || name === '..';
  return !isPlace && name.length <= LONGEST && !name.includes('/') && !name.includes('\0');
}

const NAME_1_9 = /^[0-9a-f]{40}$/;

/** Whether MoinMoin 1.9 takes this name for a session: 40 lower-case hex digits. `$` here matches before no newline. */
export function isName19(name: FileName): boolean {
  return NAME_1_9.test(name);
}

/** Whether MoinMoin 1.6 takes this name for a session. What begins with a dot is a temporary file of this library's. */
export function isName16(name: FileName): boolean {
  return !name.startsWith('.');
}

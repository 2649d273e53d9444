import { randomBytes, timingSafeEqual } from 'node:crypto';
import { UserRuleError } from '../base/errors.js';
import {
  deriveKey,
  formatParameters,
  isSame,
  isUsable,
  type ScryptParameters,
  withHashingSlot,
  workOf,
} from './scrypt.js';

/** Bytes of UTF-8. */
const LONGEST = 1024;
/** UTF-16 units before normalization, which shortens a text to a fourth at most. */
const LONGEST_TYPED = 4 * LONGEST;

const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** A stored hash, parsed. */
export interface PasswordHash {
  parameters: ScryptParameters;
  salt: Buffer;
  key: Buffer;
}

/** A PHC string; salts of 8 to 48 bytes and keys of 16 to 64. */
const PHC =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,7}),p=(\d{1,7})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/;

/**
 * The form of a password that is hashed (RFC 8265, section 4.2.2): every kind of space becomes U+0020, then NFC.
 * Null when it breaks a rule of `newPassword`: nobody has such a password.
 */
export function normalizePassword(typed: string): string | null {
  return flawOf(typed) === null ? normalize(typed) : null;
}

/**
 * Checks and normalizes a new password: 1 to 1024 bytes, no control characters.
 * @throws UserRuleError that says what to change
 */
export function newPassword(typed: string): string {
  const flaw = flawOf(typed);
  if (flaw !== null) throw new UserRuleError(flaw, 'password');
  return normalize(typed);
}

/**
 * Hashes a password with a new salt. Returns a PHC string: `$scrypt$ln=17,r=8,p=1$SALT$KEY`.
 * @param name the user's name: in the line for hashing, names take turns
 * @throws TooManyLoginsError
 */
export async function hashPassword(
  password: string,
  parameters: ScryptParameters,
  name: string,
): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await withHashingSlot(name, () => deriveKey(password, salt, KEY_BYTES, parameters));
  return `$scrypt$${formatParameters(parameters)}$${base64(salt)}$${base64(key)}`;
}

/** Parses a PHC string. Null when it is not one of scrypt, or would cost too much to check. */
export function parseHash(phc: string): PasswordHash | null {
  const [, ln, r, p, salt = '', key = ''] = PHC.exec(phc) ?? [];
  const parameters = { cost: 2 ** Number(ln), blockSize: Number(r), parallelization: Number(p) };
  if (!isUsable(parameters)) return null;
  return { parameters, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

/**
 * Whether the hash is of this password. Does the work of all `costs`, also without a hash: so the time reveals neither who
 * has an account nor how old its hash is.
 * @param costs the distinct parameters of all hashes of this site, those of `hash` included
 * @param name the typed name: in the line for hashing, names take turns
 * @throws TooManyLoginsError
 */
export function matches(
  hash: PasswordHash | null,
  password: string,
  costs: readonly ScryptParameters[],
  name: string,
): Promise<boolean> {
  return withHashingSlot(name, async () => {
    let isRight = false;
    for (const cost of costs) {
      const checked = hash !== null && isSame(hash.parameters, cost) ? hash : null;
      const { salt, key } = checked ?? decoy(cost);
      const derived = await deriveKey(password, salt, key.length, cost);
      if (timingSafeEqual(derived, key) && checked !== null) isRight = true;
    }
    return isRight;
  });
}

/** Whether the hash is cheaper to guess than a new one with `parameters`. */
export function needsRehash(hash: PasswordHash, parameters: ScryptParameters): boolean {
  return workOf(hash.parameters) < workOf(parameters);
}

function decoy(parameters: ScryptParameters): PasswordHash {
  return { parameters, salt: Buffer.alloc(SALT_BYTES), key: Buffer.alloc(KEY_BYTES) };
}

function normalize(typed: string): string {
  return typed.replace(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** @param typed a text; a form may lack the field, or have it twice */
function flawOf(typed: unknown): string | null {
  if (typeof typed !== 'string') return 'the password is missing: give one as text';
  if (typed === '') return 'the password is empty: choose one';
  if (typed.length > LONGEST_TYPED || Buffer.byteLength(normalize(typed)) > LONGEST)
    return `the password is too long: use at most ${LONGEST} bytes`;
  if (/[\p{Cc}\p{Cs}]/u.test(typed))
    return 'the password has control characters (a line break, say) in it: leave them out';
  return null;
}

/** Without padding, as in PHC strings. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { UserRuleError } from '../base/errors.js';
import type { LegacyHash, LegacyKind, LegacyScheme } from './legacy/scheme.js';
import { secretsOf } from './legacy/secrets.js';
import { formatHash, type PasswordHash } from './phc.js';
import { deriveKey, type InSlot, isSame, type ScryptParameters, withHashingSlot, workOf } from './scrypt.js';

/** Bytes of UTF-8. */
const LONGEST = 1024;
/** UTF-16 units before normalization, which shortens a text to a fourth at most. */
const LONGEST_TYPED = 4 * LONGEST;

const SALT_BYTES = 16;
const KEY_BYTES = 32;

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

/** What a login tries. */
export interface Attempt {
  /** In the form of `normalizePassword`. */
  password: string;
  /** As it was typed: another system may have hashed that. Default: `password`. */
  typed?: string;
  /** The typed name: in the line for hashing, names take turns. */
  name: string;
}

/** What every check of a site does, whoever it is for. */
export interface CheckWork {
  /** The distinct parameters of all hashes, those of the hash in question included. */
  costs: readonly ScryptParameters[];
  /** The distinct kinds of digests under all hashes. */
  kinds: readonly LegacyKind[];
}

/**
 * Hashes a password with a new salt. Returns a PHC string: `$scrypt$ln=17,r=8,p=1$SALT$KEY`.
 * @param name the user's name: in the line for hashing, names take turns
 * @throws TooManyLoginsError
 */
export function hashPassword(password: string, parameters: ScryptParameters, name: string): Promise<string> {
  return protect(Buffer.from(password), null, parameters, name);
}

/**
 * Hashes the digest of another system, with a new salt: whoever steals the result has to try scrypt for each guess, too. Returns
 * a PHC string.
 * @param inSlot where it waits for its turn. Default: with the logins
 * @throws TooManyLoginsError
 */
export function wrapHash(
  { digest, ...inner }: LegacyHash,
  parameters: ScryptParameters,
  name: string,
  inSlot: InSlot = withHashingSlot,
): Promise<string> {
  return protect(digest, inner, parameters, name, inSlot);
}

async function protect(
  secret: Buffer,
  inner: LegacyScheme | null,
  parameters: ScryptParameters,
  name: string,
  inSlot: InSlot = withHashingSlot,
): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await inSlot(name, () => deriveKey(secret, salt, KEY_BYTES, parameters));
  return formatHash({ parameters, salt, key, inner });
}

/**
 * Whether the hash is of this password. Does the scrypt work of all `costs`, also without a hash: so the time reveals neither who
 * has an account nor how old its hash is. The rounds of sha512-crypt run only for a hash over them (docs/security.md).
 * @throws TooManyLoginsError; StoreError as `legacyDigest`
 */
export function matches(
  hash: PasswordHash | null,
  { password, typed = password, name }: Attempt,
  { costs, kinds }: CheckWork,
): Promise<boolean> {
  return withHashingSlot(name, async () => {
    const secrets = await secretsOf(hash?.inner ?? null, { password, typed }, kinds);
    let isRight = false;
    for (const cost of costs) {
      const checked = hash !== null && isSame(hash.parameters, cost) ? hash : null;
      const { salt, key } = checked ?? decoy(cost);
      // As many for a hash of ours, which has one spelling.
      for (const secret of secrets) {
        const derived = await deriveKey(secret, salt, key.length, cost);
        if (timingSafeEqual(derived, key) && checked !== null) isRight = true;
      }
    }
    return isRight;
  });
}

/** Whether the hash is over the digest of another system, or cheaper to guess than a new one with `parameters`. */
export function needsRehash(hash: PasswordHash, parameters: ScryptParameters): boolean {
  return hash.inner !== null || workOf(hash.parameters) < workOf(parameters);
}

function decoy(parameters: ScryptParameters): PasswordHash {
  return { parameters, salt: Buffer.alloc(SALT_BYTES), key: Buffer.alloc(KEY_BYTES), inner: null };
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

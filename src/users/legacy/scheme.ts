import { createHash } from 'node:crypto';
import { md5Crypt } from './md5-crypt.js';
import { sha512Crypt } from './sha512-crypt.js';

/** The kinds of hashes of other systems. `sha1` has no salt, `ssha1` is SHA-1 over password and salt. */
export const LEGACY_KINDS = ['sha1', 'ssha1', 'md5-crypt', 'apr1', 'sha512-crypt'] as const;

export type LegacyKind = (typeof LEGACY_KINDS)[number];

/** How another system makes the digest of a password. */
export interface LegacyScheme {
  kind: LegacyKind;
  /** Empty for `sha1`. */
  salt: Buffer;
  /** Of `sha512-crypt`; for the other kinds 0. */
  rounds: number;
}

/** A digest, and the scheme that made it. */
export interface LegacyHash extends LegacyScheme {
  digest: Buffer;
}

/** More than five million rounds would take over ten seconds for each attempt. */
export const MOST_ROUNDS = 1_500_000;
/** In bytes. */
export const LONGEST_SALT = 64;

/** The longest password (bytes) that a scheme is tried with. */
const LONGEST = 1024;

/**
 * The digest of a password by a scheme: for `sha1` and `ssha1` its 20 bytes, for the others their text without the salt.
 * @throws StoreError as `sha512Crypt`
 */
export async function legacyDigest(
  { kind, salt, rounds }: LegacyScheme,
  password: Uint8Array,
): Promise<Buffer> {
  switch (kind) {
    case 'sha1':
    case 'ssha1':
      return createHash('sha1').update(password).update(salt).digest();
    case 'md5-crypt':
      return Buffer.from(md5Crypt(password, salt, '$1$'));
    case 'apr1':
      return Buffer.from(md5Crypt(password, salt, '$apr1$'));
    case 'sha512-crypt':
      return Buffer.from(await sha512Crypt(password, salt, rounds));
  }
}

/**
 * The bytes that another system may have hashed for a typed password: UTF-8 as it is here (NFC) and as it was typed, and for
 * `sha1` ISO 8859-1, which old browsers sent. How many there are depends on the password and `kinds` alone.
 * @param normalized the password in our form
 */
export function spellingsOf(normalized: string, typed: string, kinds: readonly LegacyKind[]): Buffer[] {
  const texts = [normalized, typed];
  const spellings = texts.map((text) => Buffer.from(text));
  if (kinds.includes('sha1'))
    spellings.push(...texts.filter(isLatin1).map((text) => Buffer.from(text, 'latin1')));
  const distinct = new Map(spellings.map((bytes) => [bytes.toString('hex'), bytes]));
  return [...distinct.values()].filter(({ length }) => length <= LONGEST);
}

function isLatin1(text: string): boolean {
  return Buffer.from(text, 'latin1').toString('latin1') === text;
}

import {
  LEGACY_KINDS,
  type LegacyKind,
  type LegacyScheme,
  LONGEST_SALT,
  MOST_ROUNDS,
} from './legacy/scheme.js';
import { formatParameters, isUsable, type ScryptParameters } from './scrypt.js';

/** A stored hash, parsed. */
export interface PasswordHash {
  parameters: ScryptParameters;
  salt: Buffer;
  key: Buffer;
  /** How the digest was made that scrypt got instead of the password; null for a password that was set here. */
  inner: LegacyScheme | null;
}

/** What stands in the user file for a user who has no password, as in shadow(5). */
export const NO_PASSWORD = '!';

/** A PHC string; salts of 8 to 48 bytes and keys of 16 to 64. */
const PHC =
  /^\$scrypt(?:-([a-z0-9-]{1,20}))?\$ln=(\d{1,2}),r=(\d{1,7}),p=(\d{1,7})((?:,[^$]{1,120})?)\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/;

/** What a hash over a legacy digest has besides: the salt of that digest, and of sha512-crypt the rounds. */
const INNER = /^(?:,inner-rounds=([1-9]\d{3,6}))?(?:,inner-salt=([A-Za-z0-9+/]{1,86}))?$/;

/**
 * The PHC string of a hash: `$scrypt$ln=17,r=8,p=1$SALT$KEY`, or over the digest of another system
 * `$scrypt-sha512-crypt$ln=17,r=8,p=1,inner-rounds=656000,inner-salt=SALT$SALT$KEY`.
 */
export function formatHash({ parameters, salt, key, inner }: PasswordHash): string {
  const kind = inner === null ? '' : `-${inner.kind}`;
  return `$scrypt${kind}$${formatParameters(parameters)}${innerText(inner)}$${base64(salt)}$${base64(key)}`;
}

/** Parses a PHC string. Null when it is not one of scrypt, or would cost too much to check. */
export function parseHash(phc: string): PasswordHash | null {
  const [found, kind, ln, r, p, besides = '', salt = '', key = ''] = PHC.exec(phc) ?? [];
  if (found === undefined) return null;
  const parameters = { cost: 2 ** Number(ln), blockSize: Number(r), parallelization: Number(p) };
  const inner = parseInner(kind, besides);
  if (!isUsable(parameters) || inner === 'unknown') return null;
  return { parameters, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64'), inner };
}

function innerText(inner: LegacyScheme | null): string {
  if (inner === null) return '';
  const rounds = inner.rounds > 0 ? `,inner-rounds=${inner.rounds}` : '';
  return inner.salt.length > 0 ? `${rounds},inner-salt=${base64(inner.salt)}` : rounds;
}

function parseInner(kind: string | undefined, besides: string): LegacyScheme | null | 'unknown' {
  if (kind === undefined) return besides === '' ? null : 'unknown';
  const [found, rounds = '0', salt = ''] = INNER.exec(besides) ?? [];
  if (found === undefined || !isLegacyKind(kind) || Number(rounds) > MOST_ROUNDS) return 'unknown';
  if ((kind === 'sha512-crypt') !== Number(rounds) > 0) return 'unknown';
  const bytes = Buffer.from(salt, 'base64');
  return bytes.length > LONGEST_SALT ? 'unknown' : { kind, rounds: Number(rounds), salt: bytes };
}

function isLegacyKind(kind: string): kind is LegacyKind {
  return LEGACY_KINDS.includes(kind as LegacyKind);
}

/** Without padding, as in PHC strings. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

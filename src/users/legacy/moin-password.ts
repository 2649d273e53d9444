import { type LegacyHash, type LegacyKind, LONGEST_SALT, MOST_ROUNDS } from './scheme.js';

/** What `enc_password` of a wiki's user file says. */
export interface MoinPassword {
  /** As MoinMoin spells it: `{SHA}`, `{PASSLIB}$6$`; `unknown`; null when there is no password. */
  scheme: string | null;
  /** Null when no password can be checked against it. */
  hash: LegacyHash | null;
  /** Why there is no hash, as half a sentence; null when there is one. */
  flaw: string | null;
}

/** The longest `enc_password` that is looked at: the longest of a scheme has 150 characters. */
const LONGEST = 1000;

/** The characters of a salt or hash of crypt(3). */
const CRYPT = '[./0-9A-Za-z]';

/** The forms of crypt(3) behind the name of the scheme. */
const CRYPTS: readonly { scheme: string; kind: LegacyKind; form: RegExp }[] = [
  { scheme: '{MD5}', kind: 'md5-crypt', form: new RegExp(`^()\\$1\\$(${CRYPT}{0,8})\\$(${CRYPT}{22})$`) },
  { scheme: '{APR1}', kind: 'apr1', form: new RegExp(`^()\\$apr1\\$(${CRYPT}{0,8})\\$(${CRYPT}{22})$`) },
  {
    scheme: '{PASSLIB}$6$',
    kind: 'sha512-crypt',
    form: new RegExp(`^(?:rounds=(\\d{1,9})\\$)?(${CRYPT}{0,16})\\$(${CRYPT}{86})$`),
  },
];

/** Rounds without `rounds=`, and the fewest: a smaller number counts as this one. */
const ROUNDS = { default: 5000, fewest: 1000 };

/** Reads `enc_password` of a MoinMoin user file (docs/moinmoin.md, "Take the users along"). Quotes nothing of a hash. */
export function readMoinPassword(text: string): MoinPassword {
  if (text === '') return bad(null, 'there is none');
  if (text.length > LONGEST) return bad('unknown', `it has more than ${LONGEST} characters`);
  if (text.startsWith('{SHA}')) return sha1('{SHA}', text.slice(5));
  if (text.startsWith('{SSHA}')) return sha1('{SSHA}', text.slice(6));
  const crypt = CRYPTS.find(({ scheme }) => text.startsWith(scheme));
  if (crypt !== undefined) return cryptHash(crypt, text.slice(crypt.scheme.length));
  const [scheme = 'unknown'] = /^\{[A-Z0-9-]{1,16}\}(\$[a-z0-9-]{1,16}\$)?/.exec(text) ?? [];
  return bad(scheme, scheme === 'unknown' ? 'its scheme is unknown' : 'its scheme cannot be checked here');
}

function sha1(scheme: '{SHA}' | '{SSHA}', base64: string): MoinPassword {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) return bad(scheme, 'it is no base64');
  const digest = bytes.subarray(0, 20);
  const salt = bytes.subarray(20);
  const isSalted = scheme === '{SSHA}';
  if (digest.length < 20 || salt.length > LONGEST_SALT || salt.length > 0 !== isSalted)
    return bad(scheme, 'it has a wrong length');
  return { scheme, hash: { kind: isSalted ? 'ssha1' : 'sha1', salt, rounds: 0, digest }, flaw: null };
}

function cryptHash({ scheme, kind, form }: (typeof CRYPTS)[number], text: string): MoinPassword {
  const [found, given = ROUNDS.default, salt = '', digest = ''] = form.exec(text) ?? [];
  if (found === undefined) return bad(scheme, 'it is damaged');
  const rounds = kind === 'sha512-crypt' ? Math.max(ROUNDS.fewest, Number(given)) : 0;
  if (rounds > MOST_ROUNDS)
    return bad(scheme, `it asks for ${rounds} rounds, and more than ${MOST_ROUNDS} are not checked`);
  return { scheme, hash: { kind, salt: Buffer.from(salt), rounds, digest: Buffer.from(digest) }, flaw: null };
}

function bad(scheme: string | null, flaw: string): MoinPassword {
  return { scheme, hash: null, flaw };
}

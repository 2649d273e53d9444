import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMoinPassword } from '../../../src/users/legacy/moin-password.js';
import { formatHash, parseHash } from '../../../src/users/phc.js';
import { MOIN_USERS } from '../../aid/moin-users.js';

const CRYPT = 'a'.repeat(86);
const MD5 = 'a'.repeat(22);
const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64');

describe('enc_password', () => {
  it('spec 8: every hash of the samples is read', () => {
    for (const { name, enc_password = '' } of [...MOIN_USERS['1.6'], ...MOIN_USERS['1.9']])
      expect([name, readMoinPassword(enc_password)]).toEqual([name, expect.objectContaining({ flaw: null })]);
  });

  it.each([
    [`{PASSLIB}$6$salt$${CRYPT}`, { kind: 'sha512-crypt', rounds: 5000 }],
    [`{PASSLIB}$6$rounds=10$salt$${CRYPT}`, { kind: 'sha512-crypt', rounds: 1000 }],
    [`{PASSLIB}$6$rounds=1500000$$${CRYPT}`, { kind: 'sha512-crypt', rounds: 1_500_000 }],
    [`{MD5}$1$$${MD5}`, { kind: 'md5-crypt' }],
    [`{SSHA}${base64(21)}`, { kind: 'ssha1' }],
    [`{SSHA}${base64(84)}`, { kind: 'ssha1' }],
  ])('reads %s', (text, hash) => {
    expect(readMoinPassword(text).hash).toMatchObject(hash);
  });

  it.each([
    ['', null, 'there is none'],
    [' ', 'unknown', 'its scheme is unknown'],
    ['{DES}ab01FAX.bQRSU', '{DES}', 'its scheme cannot be checked here'],
    ['{PASSLIB}$2b$12$x', '{PASSLIB}$2b$', 'its scheme cannot be checked here'],
    ['{PASSLIB}', '{PASSLIB}', 'its scheme cannot be checked here'],
    ['{SHA}', '{SHA}', 'it has a wrong length'],
    ['{SHA}!', '{SHA}', 'it is no base64'],
    [`{SHA}${base64(19)}`, '{SHA}', 'it has a wrong length'],
    [`{SHA}${base64(21)}`, '{SHA}', 'it has a wrong length'],
    [`{SHA}${base64(20)}\n`, '{SHA}', 'it is no base64'],
    [`{SSHA}${base64(20)}`, '{SSHA}', 'it has a wrong length'],
    [`{SSHA}${base64(85)}`, '{SSHA}', 'it has a wrong length'],
    [`{MD5}$1$ninechars$${MD5}`, '{MD5}', 'it is damaged'],
    [`{MD5}$1$salt$${MD5}\n`, '{MD5}', 'it is damaged'],
    [`{MD5}$apr1$salt$${MD5}`, '{MD5}', 'it is damaged'],
    [`{PASSLIB}$6$rounds=999999999$salt$${CRYPT}`, '{PASSLIB}$6$', /999999999 rounds, and more than 1500000/],
    [`{PASSLIB}$6$rounds=1e3$salt$${CRYPT}`, '{PASSLIB}$6$', 'it is damaged'],
    ['x'.repeat(1001), 'unknown', 'it has more than 1000 characters'],
    ['{\u001b[2J}x', 'unknown', 'its scheme is unknown'],
  ])('refuses %j, and says why', (text, scheme, flaw) => {
    const read = readMoinPassword(text);
    expect(read).toMatchObject({ scheme, hash: null });
    expect(read.flaw).toMatch(flaw);
  });

  it('property: whatever the text, there is a hash or a flaw, and the flaw quotes nothing of it', () => {
    const part = fc.constantFrom(
      '{SHA}',
      '{SSHA}',
      '{MD5}',
      '{PASSLIB}',
      '$6$',
      '$1$',
      'rounds=',
      '$',
      MD5,
      CRYPT,
      '=',
    );
    const texts = fc.array(fc.oneof(part, fc.string()), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        const { hash, flaw } = readMoinPassword(text);
        expect(hash === null).toBe(flaw !== null);
        expect(flaw ?? '').not.toMatch(/[^ -~]/);
      }),
    );
  });
});

describe('the PHC string over a digest', () => {
  const parameters = { cost: 2 ** 17, blockSize: 8, parallelization: 1 };
  const SALT = 'A'.repeat(22);
  const KEY = 'A'.repeat(43);

  it.each([
    ['sha1', 0, 0, '$scrypt-sha1$ln=17,r=8,p=1$'],
    ['ssha1', 20, 0, '$scrypt-ssha1$ln=17,r=8,p=1,inner-salt=BwcHBwcHBwcHBwcHBwcHBwcHBwc$'],
    ['md5-crypt', 8, 0, '$scrypt-md5-crypt$ln=17,r=8,p=1,inner-salt=BwcHBwcHBwc$'],
    ['apr1', 0, 0, '$scrypt-apr1$ln=17,r=8,p=1$'],
    ['sha512-crypt', 3, 656_000, '$scrypt-sha512-crypt$ln=17,r=8,p=1,inner-rounds=656000,inner-salt=BwcH$'],
  ] as const)('%s with %i bytes of salt and %i rounds', (kind, length, rounds, beginning) => {
    const inner = { kind, salt: Buffer.alloc(length, 7), rounds };
    const hash = { parameters, salt: Buffer.alloc(16, 1), key: Buffer.alloc(32, 2), inner };
    const text = formatHash(hash);
    expect(text.startsWith(beginning)).toBe(true);
    expect(parseHash(text)).toEqual(hash);
  });

  it.each([
    `$scrypt-$ln=17,r=8,p=1$${SALT}$${KEY}`,
    `$scrypt-constructor$ln=17,r=8,p=1$${SALT}$${KEY}`,
    `$scrypt-sha1$ln=40,r=8,p=1$${SALT}$${KEY}`,
    `$scrypt$ln=17,r=8,p=1,inner-salt=AAAA$${SALT}$${KEY}`,
    `$scrypt-sha1$ln=17,r=8,p=1,x=1$${SALT}$${KEY}`,
    `$scrypt-sha1$ln=17,r=8,p=1,inner-rounds=1000$${SALT}$${KEY}`,
    `$scrypt-sha512-crypt$ln=17,r=8,p=1,inner-salt=AAAA$${SALT}$${KEY}`,
    `$scrypt-sha512-crypt$ln=17,r=8,p=1,inner-rounds=5000001,inner-salt=AAAA$${SALT}$${KEY}`,
    `$scrypt-ssha1$ln=17,r=8,p=1,inner-salt=${'A'.repeat(87)}$${SALT}$${KEY}`,
  ])('refuses %s', (text) => {
    expect(parseHash(text)).toBeNull();
  });
});

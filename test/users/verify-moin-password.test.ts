import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import { verifyMoinPassword } from '../../src/users/verify-moin-password.js';
import { MOIN_USERS } from '../aid/moin-users.js';

const SHA = '{SHA}flwPeroyzz4i/TDEUToh5tHDrv8='; // of the one byte 0xe4

describe('verifyMoinPassword', () => {
  it('spec 8: knows the passwords of the wikis, and takes neither others nor the hash', async () => {
    const users = [...MOIN_USERS['1.6'], ...MOIN_USERS['1.9']];
    // One of sha512-crypt, which takes a second.
    const few = users.filter(
      ({ name, enc_password }) => name === 'JaneDoe' || !enc_password?.includes('$6$'),
    );
    const answers = few.map(async ({ name, password, enc_password = '' }) => {
      expect([name, await verifyMoinPassword(enc_password, password)]).toEqual([name, true]);
      expect([name, await verifyMoinPassword(enc_password, `${password}x`)]).toEqual([name, false]);
      expect([name, await verifyMoinPassword(enc_password, enc_password)]).toEqual([name, false]);
    });
    await Promise.all(answers);
  }, 60_000);

  it('takes the ISO 8859-1 form of a password', async () => {
    expect(await verifyMoinPassword(SHA, '\u00e4')).toBe(true);
    expect(await verifyMoinPassword(SHA, '\u00c3\u00a4')).toBe(false);
  });

  it.each(['', 'a\n', 'x'.repeat(1025)])('%j is nobody’s password', async (typed) => {
    expect(await verifyMoinPassword(SHA, typed)).toBe(false);
  });

  it('without a hash nothing is right, and a scheme that cannot be checked is an error', async () => {
    expect(await verifyMoinPassword('', 'x')).toBe(false);
    const check = verifyMoinPassword('{DES}ab01FAX.bQRSU', 'x');
    await expect(check).rejects.toThrow(StoreError);
    await expect(check).rejects.toThrow(/^the password hash of the scheme \{DES\} .*cannot be checked here$/);
  });
});

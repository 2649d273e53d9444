import { createHash } from 'node:crypto';

/** What the rounds of md5-crypt and sha512-crypt work on. The two differ in the digest alone. */
export interface Mixture {
  algorithm: 'md5' | 'sha512';
  /** The digest that the first round begins with. */
  start: Uint8Array;
  /** What stands for the password, and for the salt. */
  password: Uint8Array;
  salt: Uint8Array;
  rounds: number;
}

/** Runs all rounds at once: 1000 of MD5 take a millisecond. */
export function mix({ algorithm, start, password, salt, rounds }: Mixture): Uint8Array {
  let digest = start;
  for (let round = 0; round < rounds; round++) {
    const isOdd = round % 2 === 1;
    const hash = createHash(algorithm).update(isOdd ? password : digest);
    if (round % 3 !== 0) hash.update(salt);
    if (round % 7 !== 0) hash.update(password);
    digest = hash.update(isOdd ? digest : password).digest();
  }
  return digest;
}

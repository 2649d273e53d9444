import { type BinaryLike, scrypt } from 'node:crypto';
import { ConfigurationError, TooManyLoginsError } from '../base/errors.js';
import { Semaphore } from './semaphore.js';

/** What a hash costs (RFC 7914): memory is 128 * cost * blockSize bytes, time goes with the product of all three. */
export interface ScryptParameters {
  /** N, a power of two. Default 2^17. */
  cost: number;
  /** r. Default 8. */
  blockSize: number;
  /** p. Default 1. */
  parallelization: number;
}

/** As the OWASP password storage cheat sheet recommends: 128 MiB, some 0.4 seconds. */
const DEFAULTS: ScryptParameters = { cost: 2 ** 17, blockSize: 8, parallelization: 1 };

/** Eight times the default: at most 1 GiB. A file from elsewhere cannot make us take more. */
const MOST_WORK = 2 ** 23;

/**
 * Of the four threads that Node shares with file and DNS calls, hashing takes two (256 MiB by default) in a
 * process. A login waits some ten seconds at most; a flood of them is refused, the name with the most of them first.
 */
const SLOTS = 2;
const PLACES = 50;
const semaphore = new Semaphore(SLOTS, PLACES, () => new TooManyLoginsError(PLACES));

/** The parameters with defaults filled in. @throws ConfigurationError when scrypt, or we, cannot take them */
export function scryptParameters(chosen: Partial<ScryptParameters> = {}): ScryptParameters {
  const parameters = { ...DEFAULTS, ...chosen };
  if (!isUsable(parameters))
    throw new ConfigurationError(
      `scrypt cannot work with ${JSON.stringify(parameters)}: cost must be a power of two, and cost * blockSize * parallelization at most ${MOST_WORK}`,
    );
  return parameters;
}

/** Whether the parameters are valid (RFC 7914, section 6) and cost no more than we are ready to pay. */
export function isUsable({ cost, blockSize, parallelization }: ScryptParameters): boolean {
  if (![cost, blockSize, parallelization].every((value) => Number.isSafeInteger(value) && value >= 1))
    return false;
  const ln = Math.log2(cost);
  if (ln < 1 || !Number.isInteger(ln) || ln >= 16 * blockSize) return false;
  return work({ cost, blockSize, parallelization }) <= MOST_WORK;
}

/** The time that a hash takes, in no unit: for comparing. */
export function work({ cost, blockSize, parallelization }: ScryptParameters): number {
  return cost * blockSize * parallelization;
}

/** These parameters, each once. */
export function differing(all: readonly ScryptParameters[]): ScryptParameters[] {
  return [...new Map(all.map((parameters) => [inWords(parameters), parameters])).values()];
}

export function isSame(one: ScryptParameters, other: ScryptParameters): boolean {
  return inWords(one) === inWords(other);
}

/** As a PHC string has them. */
export function inWords({ cost, blockSize, parallelization }: ScryptParameters): string {
  return `ln=${Math.log2(cost)},r=${blockSize},p=${parallelization}`;
}

/**
 * Runs `derive` when it is its turn: a few at once, and names in turns.
 * @param name whose login it is; any text, whether or not somebody has that name
 * @throws TooManyLoginsError when too many are waiting
 */
export function inTurn<T>(name: string, derive: () => Promise<T>): Promise<T> {
  return semaphore.run(name, derive);
}

/** The key of `length` bytes. To be called in turn. */
export function deriveKey(
  password: BinaryLike,
  salt: Buffer,
  length: number,
  parameters: ScryptParameters,
): Promise<Buffer> {
  const { cost, blockSize, parallelization } = parameters;
  const maxmem = 128 * blockSize * (cost + parallelization + 2);
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { ...parameters, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

import { type BinaryLike, scrypt } from 'node:crypto';
import { ConfigurationError, TooManyLoginsError } from '../base/errors.js';
import { Semaphore } from './semaphore.js';

/**
 * What a hash costs (RFC 7914): 128 * cost * blockSize bytes of memory, and time in proportion to the product of all
 * three.
 */
export interface ScryptParameters {
  /** N, a power of two. Default 2^17. */
  cost: number;
  /** r. Default 8. */
  blockSize: number;
  /** p. Default 1. */
  parallelization: number;
}

/** From the OWASP password storage cheat sheet: 128 MiB, some 0.4 seconds. */
const DEFAULTS: ScryptParameters = { cost: 2 ** 17, blockSize: 8, parallelization: 1 };

/** Eight times the default, at most 1 GiB: a bound for the hashes in a file from elsewhere. */
const MOST_WORK = 2 ** 23;

/**
 * Two hashes run at a time (256 MiB by default), on two of the four threads that Node also uses for file and DNS calls. A
 * login waits some ten seconds at most. A flood of logins is refused, those of the most frequent name first.
 */
const SLOTS = 2;
const MOST_WAITING = 50;
const semaphore = new Semaphore(SLOTS, MOST_WAITING, () => new TooManyLoginsError(MOST_WAITING));

/** The parameters with defaults filled in. @throws ConfigurationError unless they are `isUsable` */
export function scryptParameters(chosen: Partial<ScryptParameters> = {}): ScryptParameters {
  const parameters = { ...DEFAULTS, ...chosen };
  if (!isUsable(parameters))
    throw new ConfigurationError(
      `scrypt cannot work with ${JSON.stringify(parameters)}: cost must be a power of two, and cost * blockSize * parallelization at most ${MOST_WORK}`,
    );
  return parameters;
}

/** Whether the parameters are valid (RFC 7914, section 6) and within the bound of work. */
export function isUsable({ cost, blockSize, parallelization }: ScryptParameters): boolean {
  if (![cost, blockSize, parallelization].every((value) => Number.isSafeInteger(value) && value >= 1))
    return false;
  const ln = Math.log2(cost);
  if (ln < 1 || !Number.isInteger(ln) || ln >= 16 * blockSize) return false;
  return workOf({ cost, blockSize, parallelization }) <= MOST_WORK;
}

/** How long a hash takes, relative to other parameters. */
export function workOf({ cost, blockSize, parallelization }: ScryptParameters): number {
  return cost * blockSize * parallelization;
}

/** These parameters without duplicates. */
export function distinct(all: readonly ScryptParameters[]): ScryptParameters[] {
  return [...new Map(all.map((parameters) => [formatParameters(parameters), parameters])).values()];
}

export function isSame(one: ScryptParameters, other: ScryptParameters): boolean {
  return formatParameters(one) === formatParameters(other);
}

/** The parameters as a PHC string has them. */
export function formatParameters({ cost, blockSize, parallelization }: ScryptParameters): string {
  return `ln=${Math.log2(cost)},r=${blockSize},p=${parallelization}`;
}

/**
 * Runs `derive` when one of the process's two hashing slots is free. Names take turns.
 * @param name the name of the login; any text, whether or not a user has that name
 * @throws TooManyLoginsError when too many logins are waiting
 */
export function withHashingSlot<T>(name: string, derive: () => Promise<T>): Promise<T> {
  return semaphore.run(name, derive);
}

/** Runs `derive` when a slot is free, as `withHashingSlot` does. */
export type InSlot = typeof withHashingSlot;

/** Slots of its own for work that waits in no line with logins. */
export function ownSlots(count: number): InSlot {
  const own = new Semaphore(count);
  return (name, derive) => own.run(name, derive);
}

/** How much memory (bytes) a hash takes while it runs. */
export function memoryOf({ cost, blockSize, parallelization }: ScryptParameters): number {
  return 128 * blockSize * (cost + parallelization + 2);
}

/** Derives a key of `length` bytes. Called with a hashing slot. */
export function deriveKey(
  password: BinaryLike,
  salt: Buffer,
  length: number,
  parameters: ScryptParameters,
): Promise<Buffer> {
  const maxmem = memoryOf(parameters);
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { ...parameters, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

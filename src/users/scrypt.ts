import { type BinaryLike, scrypt } from 'node:crypto';
import { ConfigurationError, StoreError } from '../errors.js';
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
 * process. A login waits some ten seconds at most; in a flood of them the others are told so at once.
 */
const SLOTS = 2;
const PLACES = 50;
const semaphore = new Semaphore(
  SLOTS,
  PLACES,
  () =>
    new StoreError(
      `too many logins at once, ${PLACES} are waiting for their password check: try again in a few seconds, and limit the rate of logins`,
    ),
);

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

/** The key of `length` bytes. @throws StoreError when too many others are waiting for theirs */
export function deriveKey(
  password: BinaryLike,
  salt: Buffer,
  length: number,
  parameters: ScryptParameters,
): Promise<Buffer> {
  const { cost, blockSize, parallelization } = parameters;
  const maxmem = 128 * blockSize * (cost + parallelization + 2);
  return semaphore.run(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password, salt, length, { ...parameters, maxmem }, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      }),
  );
}

import { Worker } from 'node:worker_threads';
import { StoreError } from '../../base/errors.js';
import type { Mixture } from './rounds.js';

/** The same rounds as `mix`. A text and no file, so that a bundler leaves it whole. */
const SOURCE = `
const { createHash } = require('node:crypto');
const { parentPort, workerData } = require('node:worker_threads');
const { algorithm, start, password, salt, rounds } = workerData;
let digest = start;
for (let round = 0; round < rounds; round++) {
  const isOdd = round % 2 === 1;
  const hash = createHash(algorithm).update(isOdd ? password : digest);
  if (round % 3 !== 0) hash.update(salt);
  if (round % 7 !== 0) hash.update(password);
  digest = hash.update(isOdd ? digest : password).digest();
}
parentPort.postMessage(digest);
`;

/**
 * Runs the rounds in a thread of its own: 656,000 of SHA-512 take about a second, in which requests are served. The thread
 * takes no flags, preloads or environment of the process.
 * @throws StoreError when no thread can start
 */
export function mixInThread(mixture: Mixture): Promise<Uint8Array> {
  return new Promise<Uint8Array>((resolve, reject) => {
    const options = { eval: true, execArgv: [], env: {}, workerData: mixture };
    const thread = new Worker(SOURCE, options);
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  }).catch((error: Error) => {
    throw new StoreError(
      `no thread could check a password hash of the scheme sha512-crypt (${error.message}): under --permission start Node with --allow-worker`,
      { cause: error },
    );
  });
}

import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { FileStore } from '../dist/store/file/store.js';
import { record } from './sample.mjs';

/**
 * Fills a store's folder with `size` sessions, from several processes. They are always the same except for their times; half
 * of them have expired at `now`.
 */
export async function buildStore(root, size, now = Date.now()) {
  const processes = Math.min(availableParallelism(), Math.ceil(size / 1000));
  await Promise.all(
    Array.from({ length: processes }, (_, first) => build(root, { first, step: processes, size, now })),
  );
}

function build(root, share) {
  const child = fork(fileURLToPath(import.meta.url), [root, JSON.stringify(share)]);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error('a store could not be built'))));
  });
}

async function fill(root, { first, step, size, now }) {
  const store = new FileStore(root);
  for (let n = first; n < size; n += step) {
    const outcome = await store.create(record(n, now));
    if (outcome !== 'created') throw new Error(`session ${n} could not be created: ${outcome}`);
  }
  await store.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await fill(process.argv[2], JSON.parse(process.argv[3]));

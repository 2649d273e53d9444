import { fork } from 'node:child_process';
import { closeSync, futimesSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileParts } from '../dist/store/file/parts.js';
import { record } from './sample.mjs';

/**
 * Fills a store's folder with `size` sessions. They are always the same except for their times; half of them have expired at
 * `now`. Several processes write the files as the store does, but without its locks and renames.
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

function fill(root, { first, step, size, now }) {
  const { layout, index } = fileParts(root, 'process');
  for (let n = first; n < size; n += step) {
    const session = record(n, now);
    index.add(session.user, session.id);
    write(layout.record(session.id), session);
  }
}

function write(path, session) {
  const fd = open(path);
  writeSync(fd, JSON.stringify(session));
  futimesSync(fd, session.expires / 1000, session.expires / 1000);
  closeSync(fd);
}

function open(path) {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'wx', 0o600);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) fill(process.argv[2], JSON.parse(process.argv[3]));

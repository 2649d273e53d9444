// Loaded before a script (`node --import`). Kills the process before its KILL_AT-th system call that changes something in
// the folder KILL_IN, or in the middle of that call if it is a write.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const folder = process.env.KILL_IN;
const at = Number(process.env.KILL_AT);
const ours = new Set();
let count = 0;

function killed(inFront = () => {}) {
  count += 1;
  if (count !== at) return;
  inFront();
  process.kill(process.pid, 'SIGKILL');
}

const isOurs = (target) => ours.has(target) || String(target).startsWith(folder);
const original = { ...fs };

for (const name of [
  'fchownSync',
  'fsyncSync',
  'futimesSync',
  'lchownSync',
  'mkdirSync',
  'renameSync',
  'rmdirSync',
  'unlink',
  'unlinkSync',
  'utimesSync',
]) {
  fs[name] = (target, ...rest) => {
    if (isOurs(target)) killed();
    return original[name](target, ...rest);
  };
}

fs.openSync = (path, flags, ...rest) => {
  const changes = typeof flags === 'string' ? flags !== 'r' : (flags & fs.constants.O_CREAT) !== 0;
  if (changes && isOurs(path)) killed();
  const fd = original.openSync(path, flags, ...rest);
  if (isOurs(path)) ours.add(fd);
  return fd;
};

fs.closeSync = (fd) => {
  ours.delete(fd);
  original.closeSync(fd);
};

fs.writeSync = (fd, bytes, from = 0, ...rest) => {
  if (ours.has(fd)) killed(() => original.writeSync(fd, bytes, from, Math.floor((bytes.length - from) / 2)));
  return original.writeSync(fd, bytes, from, ...rest);
};

syncBuiltinESMExports();

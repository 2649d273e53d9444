// Loaded before a script (`node --import`). Kills the process before it sends its KILL_AT-th command to Redis.

import { Socket } from 'node:net';

const at = Number(process.env.KILL_AT);
let count = 0;

const { write } = Socket.prototype;
Socket.prototype.write = function (chunk, ...rest) {
  if (String(chunk).startsWith('*')) {
    count += 1;
    if (count === at) process.kill(process.pid, 'SIGKILL');
  }
  return write.call(this, chunk, ...rest);
};

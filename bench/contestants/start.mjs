import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endChild, messageFrom } from '../child.mjs';

const PROCESS = fileURLToPath(new URL('./process.mjs', import.meta.url));

/** Starts a contestant of `contestants.mjs` in a process of its own. `cost` measures one of its operations there. */
export async function startContestant(name, options) {
  const child = fork(PROCESS, [name, JSON.stringify(options)]);
  const reply = () => messageFrom(child, name);
  await reply();
  return {
    cost(operation, { count, atOnce }) {
      child.send({ operation, count, atOnce });
      return reply();
    },
    stop: () => endChild(child),
  };
}

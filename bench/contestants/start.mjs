import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROCESS = fileURLToPath(new URL('./process.mjs', import.meta.url));

/** Starts a contestant of `contestants.mjs` in a process of its own. `cost` measures one of its operations there. */
export async function startContestant(name, options) {
  const child = fork(PROCESS, [name, JSON.stringify(options)]);
  const reply = async () => {
    const answered = new AbortController();
    const { signal } = answered;
    const ended = once(child, 'exit', { signal }).then(
      () => Promise.reject(new Error(`the process of ${name} ended`)),
      () => {},
    );
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    answered.abort();
    return message;
  };
  await reply();
  return {
    cost(operation, { count, atOnce }) {
      child.send({ operation, count, atOnce });
      return reply();
    },
    stop: () => child.disconnect(),
  };
}

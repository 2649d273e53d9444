import { once } from 'node:events';

/** The next message of a child process. @throws an Error that names it when the process ends before */
export async function messageFrom(child, name) {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(
    ([code]) => Promise.reject(new Error(`the process of ${name} ended with exit code ${code}`)),
    // Aborted: the message came first.
    () => {},
  );
  const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
  answered.abort();
  return message;
}

/** Ends a child process that exits when it is disconnected, so that it removes its folders. Waits until it is gone. */
export async function endChild(child) {
  child.disconnect();
  await once(child, 'exit');
}

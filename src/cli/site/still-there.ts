import { BatchedList, batchesOf } from '../../base/batches.js';
import type { SessionStore } from '../../store/contract.js';
import { assertFolder } from '../../store/file/store-folder.js';

/**
 * The same sessions. A folder that is missing is an empty store, so a command that looks again and again would take all sessions for
 * ended when somebody moves the folder away, or its volume is unmounted.
 * @throws StoreError at the end, when the store's folder is not there any more
 */
export function whileThere<T>({ location }: SessionStore, sessions: AsyncIterable<T>): AsyncIterable<T> {
  return new BatchedList(thenLook);

  async function* thenLook(): AsyncGenerator<readonly T[]> {
    yield* batchesOf(sessions);
    if (location.startsWith('file:')) assertFolder(location.slice('file:'.length));
  }
}

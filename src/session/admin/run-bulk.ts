import { eachAtOnce } from '../../base/at-once.js';
import type { SettledRemoval } from '../../store/bulk.js';
import type { Removal } from '../../store/contract.js';
import type { AdminOptions } from './report.js';
import { Counter, type Outcome, type Tally } from './tally.js';

/** How many batches are in work at a time: the files of one are removed while the next one is read. */
const BATCHES_AT_ONCE = 2;

/**
 * Runs `action` on one session after the other and counts the outcomes. A failure of one session does not stop the work. A
 * fault of the store does; any other error is thrown.
 */
export async function runBulk<T extends { id: string }>(
  targets: AsyncIterable<T>,
  action: (target: T) => Promise<Outcome>,
  options: AdminOptions,
): Promise<Tally> {
  const counter = new Counter(options);
  for await (const target of targets) {
    options.signal?.throwIfAborted();
    try {
      counter.succeeded(target.id, await action(target));
    } catch (error) {
      counter.failed(target.id, error);
    }
    if (counter.isStopped) break;
  }
  return counter.tally;
}

/** How many sessions a store is asked for at a time: a distant one would else take a round trip for each. */
const AT_ONCE = 48;

/** As `runBulk`, on many sessions at a time. A fault of the store, and an abort, stop the work after those in work. */
export async function runAtOnce<T extends { id: string }>(
  targets: AsyncIterable<T>,
  action: (target: T) => Promise<Outcome>,
  options: AdminOptions,
): Promise<Tally> {
  const counter = new Counter(options);
  await eachAtOnce(unlessStopped(), AT_ONCE, async (target) => {
    try {
      counter.succeeded(target.id, await action(target));
    } catch (error) {
      counter.failed(target.id, error);
    }
  });
  return counter.tally;

  async function* unlessStopped(): AsyncGenerator<T> {
    for await (const target of targets) {
      options.signal?.throwIfAborted();
      if (counter.isStopped) return;
      yield target;
    }
  }
}

/**
 * The same for a store that removes batches of records. A fault of the store, and an abort, stop the work after the batches
 * that are in work.
 * @param outcomeOf says how the removal of a session counts
 */
export async function runBatches(
  batches: AsyncIterable<readonly string[]>,
  remove: (ids: readonly string[]) => Promise<SettledRemoval[]>,
  outcomeOf: (removal: Removal) => Outcome,
  options: AdminOptions,
): Promise<Tally> {
  const counter = new Counter(options);
  const inWork: Promise<() => void>[] = [];
  try {
    for await (const ids of batches) {
      options.signal?.throwIfAborted();
      inWork.push(settledBy(remove, ids).then((settled) => () => count(ids, settled)));
      if (inWork.length >= BATCHES_AT_ONCE) (await inWork.shift())?.();
      if (counter.isStopped) break;
    }
  } finally {
    for (const ended of inWork) (await ended)();
  }
  return counter.tally;

  function count(ids: readonly string[], settled: readonly SettledRemoval[]): void {
    settled.forEach((one, n) => {
      const id = ids[n] as string;
      if ('error' in one) counter.failed(id, one.error);
      else counter.succeeded(id, outcomeOf(one));
    });
  }
}

/** As `remove`, whose failure is that of each session. It never rejects: nobody handles that while the next batch is read. */
async function settledBy(
  remove: (ids: readonly string[]) => Promise<SettledRemoval[]>,
  ids: readonly string[],
): Promise<SettledRemoval[]> {
  try {
    return await remove(ids);
  } catch (error) {
    return ids.map(() => ({ error }));
  }
}

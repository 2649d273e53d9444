import { Slice } from './slice.js';

/**
 * A list whose items come one at a time, paced by `Slice`, or in batches: each step of an asynchronous iteration costs about a
 * microsecond. A consumer of batches does little with each item.
 */
export class BatchedList<T> implements AsyncIterable<T> {
  readonly #start: () => AsyncGenerator<readonly T[]>;

  /** @param start begins the list anew: called once for each iteration */
  constructor(start: () => AsyncGenerator<readonly T[]>) {
    this.#start = start;
  }

  batches(): AsyncGenerator<readonly T[]> {
    return this.#start();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    const slice = new Slice();
    for await (const batch of this.#start()) {
      for (const item of batch) {
        yield item;
        if (slice.isOver()) await slice.next();
      }
    }
  }
}

/** The items of any list in batches: those of a `BatchedList`, else one item each. */
export function batchesOf<T>(items: AsyncIterable<T>): AsyncIterable<readonly T[]> {
  return items instanceof BatchedList ? items.batches() : singles(items);
}

async function* singles<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  for await (const item of items) yield [item];
}

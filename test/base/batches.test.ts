import { afterEach, describe, expect, it, vi } from 'vitest';
import { BatchedList, batchesOf } from '../../src/base/batches.js';

afterEach(() => void vi.useRealTimers());

/** A list of these batches, which notes each start and each end. */
function noted(...batches: (readonly number[])[]) {
  const log: string[] = [];
  const list = new BatchedList(async function* () {
    log.push('begun');
    try {
      yield* batches;
    } finally {
      log.push('closed');
    }
  });
  return { list, log };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('a list in batches', () => {
  it('gives its items one at a time and in order, across batches and empty ones', async () => {
    const { list } = noted([1, 2], [], [3], []);
    expect(await all(list)).toEqual([1, 2, 3]);
    expect(await all(noted().list)).toEqual([]);
  });

  it('begins anew for each iteration, and not before', async () => {
    const { list, log } = noted([1], [2]);
    expect(log).toEqual([]);
    expect(await Promise.all([all(list), all(list)])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(await all(list.batches())).toEqual([[1], [2]]);
    expect(log.filter((entry) => entry === 'begun')).toHaveLength(3);
  });

  it.each([
    ['items', (list: BatchedList<number>) => list],
    ['batches', (list: BatchedList<number>) => batchesOf(list)],
  ])('is closed when the consumer of its %s leaves early', async (_, iterate) => {
    const { list, log } = noted([1, 2], [3]);
    for await (const _first of iterate(list)) break;
    expect(log).toEqual(['begun', 'closed']);
  });

  it('passes an error on after the items before it', async () => {
    const list = new BatchedList(async function* () {
      yield [1];
      throw new Error('out of reach');
    });
    const found: number[] = [];
    const read = async () => {
      for await (const item of list) found.push(item);
    };
    await expect(read()).rejects.toThrow('out of reach');
    expect(found).toEqual([1]);
  });

  it('lets the process do other work in the middle of a large batch', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let isDone = false;
    setImmediate(() => {
      isDone = true;
    });
    const before: boolean[] = [];
    for await (const _item of noted([1, 2, 3]).list) {
      before.push(isDone);
      vi.advanceTimersByTime(1);
    }
    expect(before).toEqual([false, false, true]);
  });
});

describe('the batches of a list', () => {
  it('are those of a list in batches', async () => {
    expect(await all(batchesOf(noted([1, 2], [3]).list))).toEqual([[1, 2], [3]]);
  });

  it('of any other list have one item each, and close it when the consumer leaves', async () => {
    const log: string[] = [];
    async function* plain() {
      try {
        yield* ['a', 'b'];
      } finally {
        log.push('closed');
      }
    }
    expect(await all(batchesOf(plain()))).toEqual([['a'], ['b']]);
    for await (const _first of batchesOf(plain())) break;
    expect(log).toEqual(['closed', 'closed']);
  });
});

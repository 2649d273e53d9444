import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Slice } from '../../src/base/slice.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

it('is over after 1.5 ms, and stays so', () => {
  const slice = new Slice();
  expect(slice.isOver()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(slice.isOver()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(slice.isOver()).toBe(true);
  expect(slice.isOver()).toBe(true);
});

it('lets other work run before the next slice, which begins after that work', async () => {
  const slice = new Slice();
  vi.advanceTimersByTime(2);
  let isDone = false;
  setImmediate(() => {
    vi.advanceTimersByTime(5);
    isDone = true;
  });
  await slice.next();
  expect(isDone).toBe(true);
  expect(slice.isOver()).toBe(false);
  vi.advanceTimersByTime(2);
  expect(slice.isOver()).toBe(true);
});

it('the loops that wait for one turn share its 1.5 ms, and a loop that is alone has them to itself again', async () => {
  const turns: string[] = [];
  const loop = async (name: string, items: number) => {
    const slice = new Slice();
    for (let item = 0; item < items; item++) {
      await slice.next();
      let steps = 0;
      for (; !slice.isOver(); steps += 1) vi.advanceTimersByTime(0.25);
      turns.push(`${name}${steps}`);
    }
  };
  await Promise.all([loop('a', 3), loop('b', 2), loop('c', 1)]);
  expect(turns).toEqual(['a2', 'b2', 'c2', 'a3', 'b3', 'a6']);
});

it('a loop whose steps take long leaves some time to the others', async () => {
  const slow = new Slice();
  const other = new Slice();
  const long = slow.next().then(() => vi.advanceTimersByTime(20));
  const isOver = other.next().then(() => other.isOver());
  await long;
  expect(await isOver).toBe(false);
});

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

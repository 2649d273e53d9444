import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Deadline, Deadlines } from '../../../src/store/redis/deadlines.js';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** Deadlines, and what has expired, by the ms from now that each was given. */
function waiting() {
  const deadlines = new Deadlines();
  const expired: number[] = [];
  const begun = performance.now();
  const add = (ms: number) => {
    const deadline = new Deadline(begun + ms, () => expired.push(ms));
    deadlines.add(deadline);
    return deadline;
  };
  return { deadlines, expired, add };
}

it('each deadline expires once, at its time, whatever the order they came in, by one timer', () => {
  const { expired, add } = waiting();
  for (const ms of [300, 100, 200, 100]) add(ms);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(99);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual([100, 100]);
  vi.advanceTimersByTime(100);
  expect(expired).toEqual([100, 100, 200]);
  vi.advanceTimersByTime(1_000);
  expect(expired).toEqual([100, 100, 200, 300]);
});

it('what was answered in time does not expire, and what comes later does, by the timer that is left', () => {
  const { deadlines, expired, add } = waiting();
  const answered = add(100);
  add(200);
  deadlines.delete(answered);
  deadlines.delete(answered);
  vi.advanceTimersByTime(150);
  deadlines.delete(add(400));
  add(500);
  vi.advanceTimersByTime(1_000);
  expect(expired).toEqual([200, 500]);
});

it('a deadline may add another one when it expires', () => {
  const { deadlines, expired, add } = waiting();
  deadlines.add(new Deadline(performance.now() + 50, () => add(60)));
  vi.advanceTimersByTime(60);
  expect(expired).toEqual([60]);
});

it('keeps a process alive while something waits, and no longer', () => {
  const timers: NodeJS.Timeout[] = [];
  const { setTimeout } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms: number) => {
    timers.push(setTimeout(act, ms));
    return timers.at(-1);
  }) as typeof setTimeout);
  onTestFinished(() => void vi.restoreAllMocks());
  const { deadlines, add } = waiting();
  const first = add(100);
  expect(timers.map((timer) => timer.hasRef())).toEqual([true]);
  deadlines.delete(first);
  expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
  add(200);
  expect(timers.map((timer) => timer.hasRef())).toEqual([true]);
});

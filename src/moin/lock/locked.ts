import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../../base/errors.js';
import type { IsHeld, WikiLock } from './lock.js';

/** How long (ms) a change waits for a lock. The wiki has its locks for some milliseconds at a time. */
const PATIENCE = 5000;
/** The longest pause (ms) before a lock is tried again. */
const LONGEST_PAUSE = 100;

/** Ms. Changes of one run follow each other faster. */
const SAME_RUN = 1000;

/**
 * How long changes wait for a lock. Once one has waited in vain, the others of the run do not wait for that lock: a run of 1000 sessions
 * must not take 1000 times as long to say the same.
 */
export class Patience {
  readonly ms: number;
  /** When a lock was given up last, as `performance.now()`. */
  readonly #givenUp = new Map<WikiLock, number>();

  constructor(ms: number = PATIENCE) {
    this.ms = ms;
  }

  /** Whether a change that has waited since `begun` gives up. */
  isOver(lock: WikiLock, begun: number): boolean {
    const now = performance.now();
    const givenUp = this.#givenUp.get(lock) ?? Number.NEGATIVE_INFINITY;
    const isOver = now - begun >= this.ms || now - givenUp < SAME_RUN;
    if (isOver) this.#givenUp.set(lock, now);
    return isOver;
  }

  /** These locks were free. */
  restore(locks: readonly WikiLock[]): void {
    for (const lock of locks) this.#givenUp.delete(lock);
  }
}

/**
 * Runs `section` with all these locks. It is synchronous, and runs in the turn in which they were taken. Nothing waits for a lock while
 * it has another one.
 * @param patience how long to wait for a lock
 * @throws StoreError that names the lock which another process keeps
 */
export async function withLocks<T>(
  locks: readonly WikiLock[],
  section: (isHeld: IsHeld) => T,
  patience: Patience = new Patience(),
): Promise<T> {
  const begun = performance.now();
  for (let pause = 1; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    const run = attemptAll(locks, () => true, section);
    if ('result' in run) {
      patience.restore(locks);
      return run.result;
    }
    if (patience.isOver(run.taken, begun)) throw stuck(run.taken, patience.ms);
    await wait(pause * (0.5 + Math.random()));
  }
}

function attemptAll<T>(
  [lock, ...others]: readonly WikiLock[],
  areHeld: IsHeld,
  section: (isHeld: IsHeld) => T,
): { result: T } | { taken: WikiLock } {
  if (lock === undefined) return { result: section(areHeld) };
  const run = lock.attempt((isHeld) => attemptAll(others, () => areHeld() && isHeld(), section));
  return run === null ? { taken: lock } : run.result;
}

function stuck({ dir }: WikiLock, patience: number): StoreError {
  return new StoreError(
    `the wiki has kept a lock in ${dir} for ${patience / 1000} seconds: try again in a minute, or remove the folders in it if no server of the wiki runs`,
  );
}

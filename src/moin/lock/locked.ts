import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../../base/errors.js';
import type { IsHeld, WikiLock } from './lock.js';

/** How long (ms) a change waits for a lock. The wiki has its locks for some milliseconds at a time. */
const PATIENCE = 5000;
/** The longest pause (ms) before a lock is tried again. */
const LONGEST_PAUSE = 100;

/**
 * Runs `section` with all these locks. It is synchronous, and runs in the turn in which they were taken. Nothing waits for a lock while
 * it has another one.
 * @param patience how long (ms) to wait for a lock
 * @throws StoreError that names the lock which another process keeps
 */
export async function withLocks<T>(
  locks: readonly WikiLock[],
  section: (isHeld: IsHeld) => T,
  patience: number = PATIENCE,
): Promise<T> {
  const begun = performance.now();
  for (let pause = 1; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    const run = attemptAll(locks, () => true, section);
    if ('result' in run) return run.result;
    if (performance.now() - begun >= patience) throw stuck(run.taken, patience);
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

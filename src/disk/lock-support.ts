import { StoreError } from '../base/errors.js';

/**
 * Refuses runtimes that abort the process at a kernel lock: Deno at the first lock, Bun 1.4 at the first lock that
 * another process holds. The check runs at the start of a site, before such a lock.
 * @throws StoreError with the remedy
 */
export function assertLocksHold(): void {
  const runtime = 'Deno' in globalThis ? 'Deno' : process.versions.bun === undefined ? null : 'Bun';
  if (runtime === null) return;
  throw new StoreError(
    `${runtime} aborts the process at the kernel locks of the file store and the user file: run this with Node, or bring a store and users of your own`,
  );
}

/** Whether a lock on some bytes leaves the others free. On macOS, fs-native-extensions locks the whole file (`flock`). */
export function locksAreRanges(): boolean {
  return process.platform !== 'darwin';
}

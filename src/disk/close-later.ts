import { close, closeSync } from 'node:fs';

/** How many files may wait for their close. */
const MOST = 16;
let waiting = 0;

/**
 * Closes a file on another thread, or in this turn when too many wait: while the threads are busy, open files must not pile up.
 * For a file that has lost its name: with its last descriptor the disk removes it, and may wait for what it was writing. An error
 * is ignored, because nothing of the file is needed any more.
 */
export function closeLater(fd: number): void {
  if (waiting === MOST) {
    closeSync(fd);
    return;
  }
  waiting++;
  close(fd, () => {
    waiting--;
  });
}

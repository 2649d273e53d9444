import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { errorCode } from '../../base/errors.js';

/**
 * Whether nobody reads a pipe any more. A write would tell, but one who waits has nothing to write. Linux refuses to open a pipe
 * without readers once more for writing; elsewhere, and for what is no pipe, this stays false.
 */
export function hasReaderLeft(fd: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    if (!fstatSync(fd).isFIFO()) return false;
    closeSync(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK));
    return false;
  } catch (error) {
    return errorCode(error) === 'ENXIO';
  }
}

import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { errorCode } from '../errors.js';

/** The largest file that is read or written: far beyond any session, and no danger to the memory. */
export const LARGEST = 16 * 1024 * 1024;

/** Opens neither symbolic links nor, for ever, a pipe that nobody writes to. Undefined where the system has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Reading is synchronous, so one buffer serves all small files. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The text of a file; null when there is none. As fast as `readFileSync`, which would not look at what it opens.
 * Refuses, with a system error's code, whatever is no plain file of sane size.
 */
export function readPlainFile(path: string): { text: string; bytes: number } | null {
  let fd: number;
  try {
    fd = openSync(path, READ);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return readWhole(fd);
  } finally {
    closeSync(fd);
  }
}

/** What a file of this text holds. Refuses what could not be read again. */
export function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > LARGEST) throw systemError('EFBIG', 'write');
  return bytes;
}

/**
 * The text of an open file, from its beginning.
 * What fills less than the buffer is small, and whole: a file ends where a read falls short. To ask for its size before
 * would be a third of the cost. Reading at a position fails for pipes and the like.
 */
export function readWhole(fd: number): { text: string; bytes: number } {
  const bytes = readSync(fd, buffer, 0, buffer.length, 0);
  return bytes < buffer.length ? { text: buffer.toString('utf8', 0, bytes), bytes } : readLarge(fd);
}

function readLarge(fd: number): { text: string; bytes: number } {
  const stats = fstatSync(fd);
  if (!stats.isFile()) throw systemError('ENXIO', 'read');
  if (stats.size > LARGEST) throw systemError('EFBIG', 'read');
  const bytes = Buffer.allocUnsafe(stats.size);
  let filled = 0;
  for (let got = 1; got > 0 && filled < stats.size; filled += got) {
    got = readSync(fd, bytes, filled, stats.size - filled, filled);
  }
  return { text: bytes.toString('utf8', 0, filled), bytes: filled };
}

/** `writeSync` may write a part only: on a disk that is about to be full, say. */
export function writeWhole(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(code), { code, syscall });
}

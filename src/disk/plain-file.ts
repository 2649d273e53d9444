import { closeSync, constants, fstatSync, openSync, readSync, type Stats, writeSync } from 'node:fs';
import { errorCode } from '../base/errors.js';

/** The largest record or user file that is read or written: far beyond any session, and no danger to the memory. */
export const LARGEST = 16 * 1024 * 1024;

/** Opens neither symbolic links nor, for ever, a pipe that nobody writes to. Undefined where the system has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Reading is synchronous, so one buffer serves all small files. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The text of a file; null when there is none. As fast as `readFileSync`, which would not look at what it opens.
 * Refuses, with a system error's code, whatever is no plain file of sane size.
 * @param examine looks at the file before it is read, and throws what speaks against it
 */
export function readPlainFile(
  path: string,
  examine?: (stats: Stats) => void,
): { text: string; bytes: number } | null {
  return withPlainFile(path, (fd) => {
    examine?.(fstatSync(fd));
    return readWhole(fd);
  });
}

/** Gives `work` the opened file; null when there is none. Follows no link, and waits for no writer of a pipe. */
export function withPlainFile<T>(path: string, work: (fd: number) => T): T | null {
  const fd = openPlainFile(path);
  if (fd === null) return null;
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

/** The opened file, which the caller closes; null when there is none. */
export function openPlainFile(path: string): number | null {
  try {
    return openSync(path, READ);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @throws a system error when a file of this text would be too large to be read again */
export function assertReadable(text: string): void {
  if (text.length > LARGEST / 4 && Buffer.byteLength(text) > LARGEST) throw systemError('EFBIG', 'write');
}

/** What the opened file is. @throws a system error unless it is a plain file */
export function plainStats(fd: number): Stats {
  const stats = fstatSync(fd);
  if (!stats.isFile()) throw systemError('ENXIO', 'read');
  return stats;
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
  const { size } = plainStats(fd);
  if (size > LARGEST) throw systemError('EFBIG', 'read');
  const bytes = readPart(fd, 0, size);
  return { text: bytes.toString(), bytes: bytes.length };
}

/** The bytes of a file from `from` to `to`; fewer where it ends before. */
export function readPart(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  let filled = 0;
  for (let got = 1; got > 0 && filled < bytes.length; filled += got) {
    got = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
  }
  return bytes.subarray(0, filled);
}

/** `writeSync` may write a part only: on a disk that is about to be full, say. */
export function writeWhole(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

/** An error as the system would throw it. */
export function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(code), { code, syscall });
}

import { fstatSync, readSync, type Stats, writeSync } from 'node:fs';
import { closeAfter, openIfExists, READ } from './open.js';

/** The largest file (bytes) that is read whole, or written: more than any session needs, and a bound for the memory. */
export const LARGEST = 16 * 1024 * 1024;

/** Reads are synchronous, so one buffer serves all small files. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The text of a file; null when the file does not exist. `readFileSync` is no faster, and would read pipes and devices too.
 * @throws a system error when it is not a plain file, or is larger than 16 MB
 */
export function readPlainFile(path: string): { text: string; bytes: number } | null {
  return withPlainFile(path, readWhole);
}

/** Passes the opened file to `work`. Null when the file does not exist. Follows no symbolic link. */
export function withPlainFile<T>(path: string, work: (fd: number) => T): T | null {
  const fd = openPlainFile(path);
  return fd === null ? null : closeAfter(fd, work);
}

/** The opened file, which the caller closes; null when it does not exist. Follows no symbolic link. */
export function openPlainFile(path: string): number | null {
  return openIfExists(path, READ);
}

/** @throws a system error (EFBIG) when a file with this text would be too large to read again */
export function assertReadable(text: string): void {
  if (text.length > LARGEST / 4 && Buffer.byteLength(text) > LARGEST) throw systemError('EFBIG', 'write');
}

/** The stats of an open file. @throws a system error (ENXIO) unless it is a plain file */
export function plainStats(fd: number): Stats {
  const stats = fstatSync(fd);
  if (!stats.isFile()) throw systemError('ENXIO', 'read');
  return stats;
}

/** The text of an open file, from its beginning. */
export function readWhole(fd: number): { text: string; bytes: number } {
  const bytes = readBytes(fd);
  return { text: bytes.toString(), bytes: bytes.length };
}

/**
 * The bytes of an open file, from its beginning. They are good until the next read of a file.
 * A read that leaves room in the buffer has reached the end of the file. So a small file needs no `fstat`, which would be
 * a third of the cost. A read at a position fails for pipes and the like.
 */
export function readBytes(fd: number): Buffer {
  const bytes = readSync(fd, buffer, 0, buffer.length, 0);
  return bytes < buffer.length ? buffer.subarray(0, bytes) : readLarge(fd);
}

function readLarge(fd: number): Buffer {
  const { size } = plainStats(fd);
  if (size > LARGEST) throw systemError('EFBIG', 'read');
  return readPart(fd, 0, size);
}

/** The bytes of a file from `from` to `to`; fewer when the file ends before `to`. */
export function readPart(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  let filled = 0;
  for (let got = 1; got > 0 && filled < bytes.length; filled += got) {
    got = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
  }
  return bytes.subarray(0, filled);
}

/** Writes all bytes: one `writeSync` may write a part only, as on a disk that is almost full. */
export function writeWhole(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

/** An error as the system throws it. */
export function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(code), { code, syscall });
}

import { fstatSync, readSync } from 'node:fs';
import { MoinSessionsError } from '../../../base/errors.js';

/** Bytes that are read at a time. */
const BUFFER = 256 * 1024;
/** The longest line, in bytes. A longer one would fill the memory. */
const LONGEST = 256 * 1024 * 1024;

/** A line of a file, without its line feed. */
export interface Line {
  number: number;
  bytes: Buffer;
}

/**
 * The lines of an open file from its beginning. The last one may lack its line feed.
 * @throws MoinSessionsError for a line of more than 256 MB
 */
export function* linesOf(fd: number): Generator<Line> {
  const buffer = Buffer.allocUnsafeSlow(BUFFER);
  let parts: Buffer[] = [];
  let length = 0;
  let number = 1;
  for (let position = 0; ; ) {
    const got = readSync(fd, buffer, 0, BUFFER, position);
    if (got === 0) break;
    position += got;
    for (let start = 0; start < got; ) {
      const end = buffer.subarray(0, got).indexOf(10, start);
      // A copy, because the buffer is filled again.
      const part = Buffer.from(buffer.subarray(start, end === -1 ? got : end));
      parts.push(part);
      length += part.length;
      if (length > LONGEST) throw new MoinSessionsError(`line ${number} is longer than any session`);
      start = end === -1 ? got : end + 1;
      if (end === -1) continue;
      yield { number, bytes: parts.length === 1 ? part : Buffer.concat(parts) };
      number += 1;
      parts = [];
      length = 0;
    }
  }
  if (length > 0) yield { number, bytes: Buffer.concat(parts) };
}

/** What changes with the content of an open file. */
export function stampOf(fd: number): string {
  const { size, mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true });
  return `${size} ${mtimeNs} ${ctimeNs}`;
}

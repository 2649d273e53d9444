import { fstatSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MoinSessionsError } from '../../../base/errors.js';

/** Bytes that are read at a time: a chunk. */
const CHUNK = 256 * 1024;
/** The longest line, in bytes. A longer one would fill the memory. */
const LONGEST = 256 * 1024 * 1024;

/** A line of a file, without its line feed. */
export interface Line {
  number: number;
  bytes: Buffer;
}

/**
 * The lines of an open file from its beginning. The last one may lack its line feed. Between two chunks other work gets its turn:
 * else no signal would be heard while a long file is read.
 * @param onChunk called with each chunk before any line that ends in it
 * @param name the file in messages
 * @throws MoinSessionsError for a line of more than 256 MB
 */
export async function* linesOf(
  fd: number,
  name: string,
  onChunk: (chunk: Buffer, index: number) => void,
): AsyncGenerator<Line> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  let parts: Buffer[] = [];
  let length = 0;
  let number = 1;
  for (let index = 0; ; index++) {
    const chunk = buffer.subarray(0, fill(fd, buffer, index * CHUNK));
    if (chunk.length === 0) break;
    onChunk(chunk, index);
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf(10, start);
      // A copy, because the buffer is filled again.
      const part = Buffer.from(chunk.subarray(start, end === -1 ? chunk.length : end));
      parts.push(part);
      length += part.length;
      if (length > LONGEST)
        throw new MoinSessionsError(
          `${name}:${number}: the line is longer than 256 MB, as no session is: is this the file that 'moin-sessions export' wrote?`,
        );
      start = end === -1 ? chunk.length : end + 1;
      if (end === -1) continue;
      yield { number, bytes: parts.length === 1 ? part : Buffer.concat(parts) };
      number += 1;
      parts = [];
      length = 0;
    }
    await nextTurn();
  }
  if (length > 0) yield { number, bytes: Buffer.concat(parts) };
}

/** Fills the buffer from this position on. @returns how many bytes there were */
function fill(fd: number, buffer: Buffer, position: number): number {
  let filled = 0;
  for (let got = -1; got !== 0 && filled < buffer.length; filled += got)
    got = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
  return filled;
}

/** What changes with the content of an open file. */
export function stampOf(fd: number): string {
  const { size, mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true });
  return `${size} ${mtimeNs} ${ctimeNs}`;
}

import { createReadStream, lstatSync, readdirSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { openPlainFile } from '../../../disk/plain-file.js';
import { LineSplitter } from './line-splitter.js';

/** What logrotate puts behind the name: `.1`, or with `dateext` `-20261120`; and `.gz`. */
const SUFFIX = /^[.-]\d{1,14}(\.gz)?$/;

/**
 * The rotated files beside an audit log, oldest first by their last change, which compression keeps. Leaves out those that
 * were over before `since` (ms).
 * @returns the files, and what has such a name and is none: a link, a pipe. Opening these may hang, or lead elsewhere
 * @param live the inode of the log itself: it may just have been renamed
 */
export function rotatedFiles(
  path: string,
  since: number,
  live: number | null,
): { files: string[]; skipped: string[] } {
  const name = basename(path);
  const names = readdirSync(dirname(path)).filter(
    (other) => other.startsWith(name) && SUFFIX.test(other.slice(name.length)),
  );
  const found = names
    .filter((other) => !(other.endsWith('.gz') && names.includes(other.slice(0, -'.gz'.length))))
    .map((other) => join(dirname(path), other))
    .map((file) => ({ file, stats: lstatSync(file, { throwIfNoEntry: false }) }))
    .filter((one): one is { file: string; stats: Stats } => one.stats !== undefined);
  const files = found
    .filter(({ stats }) => stats.isFile())
    .filter(({ stats }) => stats.ino !== live && stats.mtimeMs >= since)
    .sort((a, b) => a.stats.mtimeMs - b.stats.mtimeMs)
    .map(({ file }) => file);
  return { files, skipped: found.filter(({ stats }) => !stats.isFile()).map(({ file }) => file) };
}

/** The most bytes of a line that is no entry: longer ones are no log, but what a few bytes of a compressed file can grow to. */
const LONGEST_RUBBISH = 16 * 1024 * 1024;

/**
 * The lines of a rotated file; null for one that is too long.
 * @throws when it cannot be read to its end, or has a line of more bytes than `longest`
 */
export async function* linesOf(file: string, longest = LONGEST_RUBBISH): AsyncGenerator<string | null> {
  const fd = openPlainFile(file);
  if (fd === null) return;
  const bytes = createReadStream('', { fd });
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  const splitter = new LineSplitter();
  try {
    for await (const chunk of text) {
      yield* splitter.add(chunk as Buffer);
      if (splitter.pending > longest)
        throw new Error(`it has a line of more than ${longest} bytes, so it is no log: move it away`);
    }
  } finally {
    bytes.destroy();
  }
  const rest = splitter.end();
  if (rest !== undefined) yield rest;
}

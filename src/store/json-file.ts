import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  futimesSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SyncAdapter } from 'lowdb';
import { errorCode } from '../errors.js';

/** Opens neither symbolic links nor, for ever, a pipe that nobody writes to. Undefined where the system has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

interface JsonFileOptions<T> {
  /** Wait until the disk has it: the file before the rename, its folder after. Default false. */
  fsync?: boolean;
  /** The time (ms) that the written file shall bear. Default: when it was written. */
  mtime?: (data: T) => number;
}

/**
 * One JSON file as a lowdb adapter: read whole, replaced whole. A write goes to a new file of mode 0600 beside it,
 * under a name that nobody else has, which is then renamed: whoever reads, or kills us, finds the old or the new.
 */
export class JsonFile<T> implements SyncAdapter<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  readonly #options: JsonFileOptions<T>;

  /** @param parse makes data of the file's text; what it throws reaches the reader */
  constructor(path: string, parse: (text: string) => T, options: JsonFileOptions<T> = {}) {
    this.#path = path;
    this.#parse = parse;
    this.#options = options;
  }

  /** Null when there is no such file. */
  read(): T | null {
    let text: string;
    try {
      text = readFileSync(this.#path, { encoding: 'utf8', flag: READ as unknown as string });
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
    return this.#parse(text);
  }

  write(data: T): void {
    const temporary = temporaryPath(this.#path);
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      try {
        writeWhole(fd, Buffer.from(JSON.stringify(data)));
        if (this.#options.mtime !== undefined) setMtime(fd, this.#options.mtime(data));
        if (this.#options.fsync) fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, this.#path);
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    }
    if (this.#options.fsync) syncFolder(dirname(this.#path));
  }
}

/** Matches what `temporaryPath` makes: what a killed writer leaves behind. */
export const TEMPORARY = /^\.(.+)\.[0-9a-f]{12}\.tmp$/;

function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

/** `writeSync` may write a part only: on a disk that is about to be full, say. */
function writeWhole(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

function setMtime(fd: number, ms: number): void {
  futimesSync(fd, new Date(), ms / 1000);
}

export function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

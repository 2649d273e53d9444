import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Creator } from '../disk/creator.js';
import { Syncer } from '../disk/durability.js';
import { type Remedies, storeFault } from '../disk/fault.js';
import { Folders, mayOthersWrite } from '../disk/folders.js';
import { APPEND, openIfExists } from '../disk/open.js';
import { plainStats, systemError } from '../disk/plain-file.js';
import { inSafeFolder } from '../disk/safe-folder.js';
import type { AuditSink } from './sink.js';

const REMEDIES: Remedies = {
  ENOENT: "its folder does not exist: make it, or correct the option 'audit'",
  ENOTDIR: "a part of the path is a file: correct the option 'audit'",
  EISDIR: "it is a folder: name a file in it in the option 'audit'",
  ENXIO: "it is no plain file: name another one in the option 'audit'",
  ELOOP: "there is a symbolic link that may lead anywhere: name the file itself in the option 'audit'",
  EMLINK: 'it has a second name (a hard link), and root would write to both: remove one of them',
  ESTRANGER: 'it belongs to neither root nor the owner of its folder: give it to the user of the server',
  EACCES: 'permission denied: let the user of the server write it',
  EPERM: 'not permitted: let the user of the server write it',
  EROFS: "the file system is read-only: name a file elsewhere in the option 'audit'",
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the disk quota is used up: make room',
  EFBIG: 'it is as large as it may become: rotate it',
};

/** How often to create the file while others remove it. */
const ATTEMPTS = 5;
const LINE_FEED = 10;

/**
 * An audit log in a file, which several processes may write. A line is one write at the end of the file, which the system
 * does not mix with another one. A write looks first whether the file is still the one of this name, so rotation needs no
 * signal: after a rename or a removal the line goes to a new file, and after a truncation to the beginning.
 */
export class AuditFile implements AuditSink {
  readonly name: string;
  readonly #path: string;
  #file: { fd: number; dev: number; ino: number } | null = null;

  /** Touches no file yet. @param path absolute */
  constructor(path: string) {
    this.#path = path;
    this.name = `audit log ${path}`;
  }

  open(): void {
    this.#attempt('open', () => this.#current());
  }

  /** As `open`, but makes no file. @throws StoreError with the remedy */
  probe(): void {
    this.#attempt('open', () =>
      inSafeFolder(dirname(this.#path), (folder) => {
        const fd = openIfExists(join(folder, basename(this.#path)), APPEND);
        if (fd === null) return accessSync(folder, constants.W_OK | constants.X_OK);
        try {
          accepted(fd, folder);
        } finally {
          closeSync(fd);
        }
      }),
    );
  }

  write(line: string): boolean {
    this.#attempt('write', () => {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const { fd, size } = this.#current();
        append(fd, line, size);
        // Removed between the look and the write: nobody would ever read the line.
        if (fstatSync(fd).nlink > 0) return;
      }
    });
    return true;
  }

  async close(): Promise<void> {
    this.#release();
  }

  /** The file of this name, opened, and its size. */
  #current(): { fd: number; size: number } {
    const stats = lstatSync(this.#path, { throwIfNoEntry: false });
    const file = this.#file;
    if (file !== null && stats !== undefined && stats.ino === file.ino && stats.dev === file.dev)
      return { fd: file.fd, size: stats.size };
    this.#release();
    return inSafeFolder(dirname(this.#path), (folder) => {
      const fd = opened(folder, basename(this.#path));
      try {
        const { dev, ino, size } = accepted(fd, folder);
        this.#file = { fd, dev, ino };
        return { fd, size };
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    });
  }

  #release(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }

  #attempt(verb: 'open' | 'write', work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#release();
      throw storeFault(error, `cannot ${verb} the ${this.name}`, REMEDIES);
    }
  }
}

/** Opens the file to append. Creates it with mode 0600; root gives it to the owner of the folder. */
function opened(folder: string, name: string): number {
  const path = join(folder, name);
  const creator = new Creator(new Folders(folder), new Syncer('process'));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const fd = openIfExists(path, APPEND);
    if (fd !== null) return fd;
    const created = creator.createIfAbsent(path);
    if (created !== null) closeSync(created);
  }
  throw systemError('ENOENT', 'open');
}

/** The stats of the open file. @throws a system error if the owner of its folder could have root write to another file */
function accepted(fd: number, path: string): Stats {
  const stats = plainStats(fd);
  if (process.geteuid?.() !== 0) return stats;
  if (stats.nlink > 1) throw systemError('EMLINK', 'open');
  const folder = statSync(path);
  const isRootsFolder = folder.uid === 0 && !mayOthersWrite(folder);
  if (!isRootsFolder && ![0, folder.uid].includes(stats.uid)) throw systemError('ESTRANGER', 'open');
  return stats;
}

/**
 * Appends a line in one write. If the file ends within a line, as a full disk leaves it, the new one begins with a line feed.
 * A line that was written in part is written again. While another process writes, the file may seem to end within its line:
 * the line feed then makes an empty line, which is no entry and no harm.
 */
function append(fd: number, line: string, size: number): void {
  const bytes = Buffer.from(endsWithinLine(fd, size) ? `\n${line}` : line);
  if (writeSync(fd, bytes) === bytes.length) return;
  const again = Buffer.from(`\n${line}`);
  if (writeSync(fd, again) < again.length) throw systemError('ENOSPC', 'write');
}

function endsWithinLine(fd: number, size: number): boolean {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  // Nothing is read where the file has just been truncated.
  return readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== LINE_FEED;
}

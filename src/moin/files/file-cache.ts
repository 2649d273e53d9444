import { type FileStamp, isSameStamp, isSettled } from '../../disk/stamp.js';
import { faultOfFile, type WikiFile, type WikiFolder } from './folder.js';
import type { FileName } from './names.js';
import { Renewal } from './renewal.js';

/** What was made of a file, and the file's stamp then; null if the file may have changed since within one tick. */
interface Kept<T> {
  value: T;
  stamp: FileStamp | null;
}

/** How a file is read. */
export interface FileKind<T> {
  /** Whether a file of this name is one of them. */
  isOne(name: FileName): boolean;
  parse(file: WikiFile): T;
  /** For a file that cannot be read, or whose `parse` throws a PickleError. @param reason in words */
  unreadable(name: FileName, reason: string): T;
}

/** What is made of the files of a folder, kept until a file changes. */
export class FileCache<T> {
  readonly #folder: WikiFolder;
  readonly #kind: FileKind<T>;
  readonly #renewal = new Renewal();
  #kept = new Map<FileName, Kept<T>>();
  #version = 0;

  constructor(folder: WikiFolder, kind: FileKind<T>) {
    this.#folder = folder;
    this.#kind = kind;
  }

  /** Counts the changes that were seen. */
  get version(): number {
    return this.#version;
  }

  /** What one file says now; null when it does not exist. */
  get(name: FileName): T | null {
    const kept = this.#kind.isOne(name) ? this.#looked(name) : null;
    if (kept === null) {
      if (this.#kept.delete(name)) this.#version += 1;
      return null;
    }
    return kept.value;
  }

  /** Looks at every file. Of more than 500 files, this is a look of a second ago at most. */
  renew(): void {
    this.#renewal.run(() => {
      const names = this.#folder.names().filter((name) => this.#kind.isOne(name));
      const there = new Set(names);
      for (const name of this.#kept.keys()) if (!there.has(name)) this.get(name);
      if (names.length > 0) this.#folder.inside(() => names.forEach((name) => void this.get(name)));
      return names.length;
    });
  }

  /** What the files say, as of the last `renew` or `get`. */
  *entries(): Generator<[FileName, T]> {
    for (const [name, { value }] of this.#kept) yield [name, value];
  }

  #looked(name: FileName): Kept<T> | null {
    const known = this.#kept.get(name);
    const stats = this.#folder.statsOf(name);
    if (stats === null || stats.isDirectory()) return null;
    if (known !== undefined && known.stamp !== null && isSameStamp(known.stamp, stats)) return known;
    const now = Date.now();
    const value = this.#valueOf(name);
    if (value === null) return null;
    const { dev, ino, size, mtimeMs, ctimeMs } = stats;
    const stamp = isSettled(stats, now) ? { dev, ino, size, mtimeMs, ctimeMs } : null;
    const kept = { value: value.value, stamp };
    this.#kept.set(name, kept);
    this.#version += 1;
    return kept;
  }

  #valueOf(name: FileName): { value: T } | null {
    try {
      const file = this.#folder.read(name);
      return file && { value: this.#kind.parse(file) };
    } catch (error) {
      const reason = faultOfFile(error);
      if (reason === null) throw error;
      return { value: this.#kind.unreadable(name, reason) };
    }
  }
}

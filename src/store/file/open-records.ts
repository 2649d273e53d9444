import { closeSync, type Stats } from 'node:fs';
import { Slice } from '../../base/slice.js';
import { offerFiles } from '../../disk/spare-files.js';
import { ROOM } from './record-room.js';

/** How many files to keep open at most. */
const MOST = 64;
/** Ms. A file that was not used from one look to the next is closed. */
const PAUSE = 1000;

interface KeptFile {
  fd: number;
  dev: number;
  ino: number;
  /** Bytes, after the last save. */
  size: number;
  isUsed: boolean;
}

/**
 * The files of records that were saved a moment ago, open for the next save of the session: to open, check and close one takes
 * longer than to ask whether it is still the file of its name. A writer takes a file out, and puts it back after its save. While
 * a file is open, no other one gets its inode number.
 */
export class OpenRecords {
  /** By session id; those that were used last stand last. */
  readonly #files = new Map<string, KeptFile>();
  /** The sessions whose files were closed, and are longer than one that is not open may be. */
  readonly #grown = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #takeBack: () => void = () => {};
  readonly #whenGrown: (id: string) => void;
  #isClosed = false;

  /** @param whenGrown called within a second after a file was closed that had grown while it was open */
  constructor(whenGrown: (id: string) => void) {
    this.#whenGrown = whenGrown;
  }

  /**
   * Takes out the open file of a session, which the caller closes or puts back. Closes it and returns null when it is not the
   * one that has these stats, or has a second name by now.
   * @param look the stats of the file of this name now; called when there is an open file
   */
  take(id: string, look: () => Stats | undefined): { fd: number; stats: Stats } | null {
    const kept = this.#files.get(id);
    if (kept === undefined) return null;
    this.#files.delete(id);
    const stats = look();
    if (stats?.ino === kept.ino && stats.dev === kept.dev && stats.nlink === 1) return { fd: kept.fd, stats };
    closeSync(kept.fd);
    return null;
  }

  /**
   * Keeps a file open for a second or two, or until the process may open no more files. Windows renames and removes no open files:
   * there it closes it.
   */
  put(id: string, fd: number, { dev, ino, size }: Pick<Stats, 'dev' | 'ino' | 'size'>): void {
    if (process.platform === 'win32' || this.#isClosed) {
      closeSync(fd);
      return;
    }
    this.#files.set(id, { fd, dev, ino, size, isUsed: true });
    const [oldest] = this.#files.keys();
    if (oldest !== undefined && this.#files.size > MOST) this.#drop(oldest);
    if (this.#timer !== null) return;
    this.#timer = setInterval(() => this.#tidy(), PAUSE).unref();
    this.#takeBack = offerFiles(() => this.#dropAll());
  }

  /** For good: what is saved later is closed at once. */
  close(): void {
    this.#isClosed = true;
    this.#dropAll();
    this.#grown.clear();
    this.#stopIfEmpty();
  }

  #dropAll(): void {
    for (const id of this.#files.keys()) this.#drop(id);
  }

  #tidy(): void {
    for (const [id, file] of this.#files) {
      if (!file.isUsed) this.#drop(id);
      file.isUsed = false;
    }
    void this.#passOn();
    this.#stopIfEmpty();
  }

  /** To shorten 64 files at once would keep a server from answering for some 20 ms. */
  async #passOn(): Promise<void> {
    const slice = new Slice();
    for (const id of this.#grown) {
      this.#grown.delete(id);
      this.#whenGrown(id);
      if (slice.isOver()) await slice.next();
    }
  }

  #drop(id: string): void {
    const file = this.#files.get(id);
    if (file === undefined) return;
    this.#files.delete(id);
    closeSync(file.fd);
    if (file.size > ROOM) this.#grown.add(id);
  }

  #stopIfEmpty(): void {
    if (this.#timer === null || this.#files.size + this.#grown.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#takeBack();
  }
}

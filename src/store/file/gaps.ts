import { lstatSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { isDenied, isForeign } from '../../base/errors.js';
import type { Folders } from '../../disk/folders.js';
import type { Gap, StoreGaps } from '../gaps.js';
import type { FileLayout } from './layout.js';

/** How many ids and paths are kept to be named. */
const MOST_EXAMPLES = 5;

/** What this process lacks the right to read in a file store. Keeps nothing until it is watched: a server runs for months. */
export class FileGaps implements StoreGaps {
  readonly place = 'store';
  readonly #layout: FileLayout;
  readonly #disk: Folders;
  readonly #sessions = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #lists = new Set<string>();
  readonly #removed: string[] = [];
  #isWatched = false;
  #hasRead = false;
  #ownership = '';
  #isForeign = false;

  constructor(layout: FileLayout, disk: Folders) {
    this.#layout = layout;
    this.#disk = disk;
  }

  get ownership(): string {
    return this.#ownership;
  }

  get isForeign(): boolean {
    return this.#isForeign;
  }

  get isTotal(): boolean {
    return !this.#hasRead && this.list().length > 0;
  }

  get isClosed(): boolean {
    return this.#folders.has(this.#layout.root);
  }

  get removed(): readonly string[] {
    return this.#removed;
  }

  watch(): void {
    this.#isWatched = true;
    this.#noteClosed();
  }

  has(id: string): boolean {
    return this.#sessions.has(id);
  }

  list(): Gap[] {
    return [
      gap(this.#sessions, 'session', 'sessions'),
      gap(this.#folders, 'folder', 'folders'),
      gap(this.#lists, "list of users' sessions", "lists of users' sessions"),
    ].filter(({ count }) => count > 0);
  }

  /** A record was read. */
  noteRead(): void {
    this.#hasRead = true;
  }

  /** @param stats of the file or folder that denies it; undefined where that is not known */
  noteSession(id: string, stats: Stats | undefined, error: unknown): void {
    if (!this.#isWatched) return;
    this.#sessions.add(id);
    this.#noteOwnership(stats, error);
  }

  /** A session was removed that may have been one of them. */
  noteRemoved(id: string): void {
    if (this.#sessions.delete(id)) this.#removed.push(id);
  }

  /** Returns whether to go on without this folder: somebody watches. */
  passesFolder(path: string, error: unknown): boolean {
    return this.#passes(this.#folders, path, error);
  }

  /** The same for a list of users' sessions. */
  passesList(path: string, error: unknown): boolean {
    return this.#passes(this.#lists, path, error);
  }

  #passes(noted: Set<string>, path: string, error: unknown): boolean {
    if (!this.#isWatched || !isDenied(error)) return false;
    // Of a store that lets nobody in, one name says more than those of its 256 folders.
    if (this.#noteClosed()) return true;
    noted.add(path);
    // A list is never refused for its own owner, but for that of its folder.
    const isOfFolder = isForeign(error) && noted === this.#lists;
    const stats = isOfFolder ? undefined : statsOf(path);
    this.#noteOwnership(stats ?? statsOf(dirname(path)), error);
    return true;
  }

  /** Returns whether the store lets nobody in. */
  #noteClosed(): boolean {
    const { root } = this.#layout;
    if (!isShut(root)) return false;
    this.#folders.add(root);
    this.#noteOwnership(statsOf(root), null);
    return true;
  }

  #noteOwnership(stats: Stats | undefined, error: unknown): void {
    if (this.#ownership !== '' || stats === undefined) return;
    const owner = this.#disk.root?.uid;
    this.#isForeign = isForeign(error) && owner !== undefined;
    this.#ownership = this.#isForeign ? foreignText(stats, owner as number) : ownerText(stats);
  }
}

/** Why the store refuses a file or folder for its owner. @param owner of the store */
export function foreignText({ uid }: Stats, owner: number): string {
  return `belongs to the user ${uid}, not to the store's owner, the user ${owner}`;
}

/** Whose a file or folder is, for an operator who may not read it. */
export function ownerText({ uid, mode }: Stats): string {
  return `belongs to the user ${uid} and has the mode ${(mode & 0o7777).toString(8).padStart(3, '0')}`;
}

function gap(noted: ReadonlySet<string>, one: string, many: string): Gap {
  return { count: noted.size, of: null, one, many, examples: [...noted].slice(0, MOST_EXAMPLES) };
}

function isShut(folder: string): boolean {
  try {
    lstatSync(`${folder}/.`, { throwIfNoEntry: false });
    return false;
  } catch (error) {
    return isDenied(error);
  }
}

/** The stats of what may be behind a closed folder. */
export function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

import { existsSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { isSessionId, type SessionOwner } from './contract.js';
import type { Disk } from './disk.js';
import type { FileLayout } from './file-layout.js';
import { namesIn, paced, walk } from './walk.js';

/**
 * Which sessions a user has: one empty file each. A record's entry is there before it and goes after it, so a
 * crash leaves an entry too many, never one too few; the content of the record decides.
 */
export class UserIndex {
  readonly #disk: Disk;
  readonly #layout: FileLayout;

  constructor(disk: Disk, layout: FileLayout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  add(user: SessionOwner | null, id: string): void {
    if (user === null) return;
    const path = this.#layout.userEntry(user.id, id);
    if (!existsSync(path)) this.#disk.mark(path);
  }

  remove(userId: string, id: string): void {
    this.#disk.remove(this.#layout.userEntry(userId, id));
  }

  /** The ids that are listed under a user. */
  ids(userId: string): string[] {
    return namesIn(this.#layout.user(userId)).filter(isSessionId);
  }

  /** All entries of all users. */
  entries(): AsyncGenerator<{ id: string; path: string }> {
    return walk(this.#folders(), (folder, name) =>
      isSessionId(name) ? { id: name, path: join(folder.path, name) } : null,
    );
  }

  /** Not done when the last entry goes: a purge of many would try it for each, and mostly in vain. */
  async removeEmptyFolders(): Promise<void> {
    for await (const { path } of paced(this.#folders())) removeIfEmpty(path);
  }

  *#folders(): Generator<{ path: string }> {
    const { users } = this.#layout;
    for (const prefix of namesIn(users).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      const names = namesIn(join(users, prefix)).filter(isSessionId);
      for (const name of names) yield { path: join(users, prefix, name) };
    }
  }
}

/** Fails while other sessions are listed in it, and does no harm when it fails otherwise. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {}
}

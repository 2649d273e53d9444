import { futimesSync, lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { createFile } from '../../disk/make.js';
import { closeAfter, ifExists } from '../../disk/open.js';
import { copyOwnership } from '../../disk/ownership.js';
import { writeWhole } from '../../disk/plain-file.js';
import { isSameStamp } from '../../disk/stamp.js';
import { temporaryPath } from '../../disk/temporary.js';
import { pathIn, type WikiFile, type WikiFolder } from './folder.js';
import { type FileName, nameOfText } from './names.js';

/** A file was changed, or removed, between the look at it and the write. */
export class ChangedMeanwhile extends Error {}

/** What will replace a file: it is written beside the file, and then takes its name. Owner, group and mode stay. */
export class Replacement {
  readonly #folder: WikiFolder;
  readonly #file: WikiFile;
  readonly #temporary: FileName;

  /**
   * Writes the new file.
   * @param label what its temporary name begins with: not the name of a session, which is a secret
   * @param mtime its modification time (ms). Default: now
   */
  constructor(folder: WikiFolder, file: WikiFile, { bytes, label, mtime }: NewContent) {
    this.#folder = folder;
    this.#file = file;
    this.#temporary = nameOfText(basename(temporaryPath(label)));
    folder.inside((safe) => {
      const path = `${safe}/${this.#temporary}`;
      const fd = createFile(path);
      try {
        closeAfter(fd, () => {
          writeWhole(fd, bytes);
          copyOwnership(fd, file.stats);
          if (mtime !== undefined) futimesSync(fd, inSeconds(mtime), inSeconds(mtime));
        });
      } catch (error) {
        unlinkSync(path);
        throw error;
      }
    });
  }

  /** Puts the new file in the place of the old one. @throws ChangedMeanwhile, with nothing changed */
  commit(): void {
    const { name, stats } = this.#file;
    this.#folder.inside((safe) => {
      assertUnchanged(this.#folder, name, stats);
      renameSync(`${safe}/${this.#temporary}`, pathIn(safe, name));
    });
  }

  /** Removes what `commit` has not put in place. */
  discard(): void {
    ifExists(() => this.#folder.inside((safe) => unlinkSync(`${safe}/${this.#temporary}`)));
  }
}

export interface NewContent {
  bytes: Buffer;
  label: string;
  mtime?: number | undefined;
}

/**
 * Removes a file or link.
 * @param stats removes it only if it is still the one that was looked at (I5); null: removes whatever is there, if anything
 * @throws ChangedMeanwhile, with nothing changed
 */
export function removeFile(folder: WikiFolder, name: FileName, stats: Stats | null): void {
  folder.inside((safe) => {
    if (stats !== null) assertUnchanged(folder, name, stats);
    ifExists(() => unlinkSync(pathIn(safe, name)));
  });
}

/** @throws ChangedMeanwhile unless the file or link of this name is still the one with these stats */
export function assertUnchanged(folder: WikiFolder, name: FileName, stats: Stats): void {
  const now = folder.inside((safe) => ifExists(() => lstatSync(pathIn(safe, name))));
  if (now === null || !isSameStamp(now, stats)) throw new ChangedMeanwhile();
}

/** Node cuts times to microseconds, and a fraction may be a little below the one that is meant. */
function inSeconds(ms: number): number {
  return (Math.floor(ms * 1000) + 0.4) / 1e6;
}

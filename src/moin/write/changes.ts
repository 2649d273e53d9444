import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { errorCode, MoinSessionsError } from '../../base/errors.js';
import { DISK_FULL } from '../../disk/fault.js';
import { faultOfFile, type WikiFile, type WikiFolder } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import { removeFile } from '../files/removal.js';
import { assertUnchanged, ChangedMeanwhile, Replacement } from '../files/replacement.js';
import type { IsHeld } from '../lock/lock.js';
import type { SecretOwner } from '../secrets/owner.js';
import { withExpiry } from './expired-pickle.js';
import type { FoundSession } from './found-session.js';
import { withoutSecret } from './secret-removal.js';

/**
 * What a change does to the files of a wiki. A session of a user has two in 1.6: the secret goes first, for it is what keeps the user
 * logged in. So a process killed between the two leaves a file that nobody can open any more, and that a purge takes once it expires.
 */
export class WikiChanges {
  readonly #sessions: WikiFolder;
  /** The folder of the secrets; null for 1.9. */
  readonly #secrets: WikiFolder | null;

  constructor(sessions: WikiFolder, secrets: WikiFolder | null) {
    this.#sessions = sessions;
    this.#secrets = secrets;
  }

  /**
   * Ends a session. A visitor's session of 1.6 is removed: that MoinMoin opens it whatever its expiry says.
   * @param expires seconds
   * @returns whether its file is left for a purge
   * @throws ChangedMeanwhile, with nothing changed; a system error; MoinSessionsError
   */
  end(found: FoundSession, expires: number, isHeld: IsHeld): boolean {
    const { owner, file } = found;
    if (this.#secrets !== null && owner === null) {
      this.remove(found, isHeld);
      return false;
    }
    const ended = file && this.#expired(found.id, file, expires);
    try {
      if (owner === null) ended?.commit();
      else {
        this.#removeSecret(found, owner, isHeld);
        // What the wiki has written since the secret is gone, nobody can open: it stays until the wiki's clean-up.
        unlessChanged(() => ended?.commit());
      }
      return true;
    } finally {
      ended?.discard();
    }
  }

  /** Removes a session. @throws as `end` */
  remove(found: FoundSession, isHeld: IsHeld): void {
    const { name, stats, owner } = found;
    if (owner === null) {
      this.#removeFile(name, stats);
      return;
    }
    try {
      this.#removeSecret(found, owner, isHeld);
      // Also what the wiki has written since: the session is over by now.
      this.#removeFile(name, null);
    } catch (error) {
      if (stats === null || !DISK_FULL.includes(errorCode(error) ?? '')) throw error;
      // The file of the session makes room for the one of the secrets.
      this.#removeFile(name, stats);
      this.#removeSecret({ ...found, stats: null }, owner, isHeld);
    }
  }

  #expired(id: string, file: WikiFile, expires: number): Replacement {
    const mtime = file.stats.mtimeMs;
    // Before its own time, so that it can be ended again if its secret comes back (see `isWrittenExpired`).
    const past = this.#secrets === null ? expires : Math.min(expires, Math.floor(mtime / 1000) - 1);
    return new Replacement(this.#sessions, file, { bytes: withExpiry(file.bytes, past), label: id, mtime });
  }

  #removeFile(name: FileName, stats: Stats | null): void {
    removeFile(this.#sessions, name, stats);
  }

  /** Takes the secret out of its file, and of those that have a copy, if the session is still the one that was looked at. */
  #removeSecret(found: FoundSession, owner: SecretOwner, isHeld: IsHeld): void {
    for (const copy of owner.copies) unlessChanged(() => this.#removeSecretFrom(copy, found, isHeld));
    this.#removeSecretFrom(owner.file, found, isHeld);
  }

  #removeSecretFrom(holder: FileName, { name, stats }: FoundSession, isHeld: IsHeld): void {
    const folder = this.#secrets as WikiFolder;
    const { file, bytes } = withoutSecretIn(folder, holder, name);
    const left = new Replacement(folder, file, { bytes, label: holder });
    try {
      if (stats !== null) assertUnchanged(this.#sessions, name, stats);
      if (!isHeld()) throw new ChangedMeanwhile();
      left.commit();
    } finally {
      left.discard();
    }
  }
}

/** The file of secrets, and its bytes without this one. @throws ChangedMeanwhile when it is gone since the look, as by a logout; MoinSessionsError */
function withoutSecretIn(
  folder: WikiFolder,
  name: FileName,
  secret: FileName,
): { file: WikiFile; bytes: Buffer } {
  try {
    const file = folder.read(name);
    const bytes = file && withoutSecret(file, secret);
    if (file !== null && bytes !== null) return { file, bytes };
  } catch (error) {
    const reason = faultOfFile(error);
    if (reason === null) throw error;
    // No fault of the store: the sessions of other users can be ended.
    throw new MoinSessionsError(
      `cannot read the secrets in ${join(folder.dir, name)}: ${reason}; they stay as they are`,
      { cause: error },
    );
  }
  throw new ChangedMeanwhile();
}

function unlessChanged(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ChangedMeanwhile)) throw error;
  }
}

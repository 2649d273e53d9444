import { StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import type { WikiFolder } from '../files/folder.js';
import { ChangedMeanwhile } from '../files/replacement.js';
import { type IsHeld, WikiLock } from '../lock/lock.js';
import { withLocks } from '../lock/locked.js';
import type { WikiReader } from '../read/reader.js';
import type { Wiki } from '../read/wiki.js';
import { type FoundSession, findSession } from './found-session.js';

/** How often to look again at a session that the wiki writes meanwhile. */
const ATTEMPTS = 20;

interface Sources {
  wiki: Wiki;
  reader: WikiReader;
  /** The folder of the secrets; null for 1.9. */
  secrets: WikiFolder | null;
  /** How long (ms) a change waits for a lock of the wiki. */
  patience: number | undefined;
}

/** Looks at sessions under the locks that a change of them takes. */
export class LockedSessions {
  readonly #sources: Sources;
  readonly #sessionLock: WikiLock | null;
  readonly #secretsLock: WikiLock | null;

  constructor(sources: Sources) {
    const { wiki, secrets } = sources;
    this.#sources = sources;
    // MoinMoin 1.9 has no locks. Only some versions of 1.6 lock the sessions.
    this.#sessionLock = secrets && new WikiLock(wiki.sessions, { create: false });
    this.#secretsLock = secrets && new WikiLock(secrets, { create: true });
  }

  /** Passes a session to `work`, under the locks that its change takes, and again if the wiki changes it meanwhile. */
  async change<T>(id: string, absent: T, work: (found: FoundSession, isHeld: IsHeld) => T): Promise<T> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const first = this.#look(id);
      if (first === null) return absent;
      const isUsers = first.owner !== null;
      const result = await withLocks(
        this.#locks(isUsers),
        (isHeld) => this.#attempt(id, absent, isUsers, (found) => work(found, isHeld)),
        this.#sources.patience,
      );
      if (result !== null) return result.value;
    }
    throw new StoreError(`the wiki writes session ${id} all the time: try again`);
  }

  /** Removes locks that no longer count at `at` (ms). Returns how many it removed. */
  sweep(at: number): number {
    return (this.#sessionLock?.sweep(at) ?? 0) + (this.#secretsLock?.sweep(at) ?? 0);
  }

  /** Null when the session was changed meanwhile, or needs another lock by now. */
  #attempt<T>(
    id: string,
    absent: T,
    isUsers: boolean,
    work: (found: FoundSession) => T,
  ): { value: T } | null {
    const found = this.#look(id);
    if (found === null) return { value: absent };
    if ((found.owner !== null) !== isUsers) return null;
    try {
      return { value: changingWiki(this.#sources.wiki, () => work(found)) };
    } catch (error) {
      if (error instanceof ChangedMeanwhile) return null;
      throw error;
    }
  }

  #locks(isUsers: boolean): WikiLock[] {
    return [this.#sessionLock, isUsers ? this.#secretsLock : null].filter((lock) => lock !== null);
  }

  #look(id: string): FoundSession | null {
    const { wiki, reader } = this.#sources;
    return changingWiki(wiki, () => findSession(wiki, reader, id));
  }
}

/** @throws StoreError with the remedy for a fault of the disk */
export function changingWiki<T>(wiki: Wiki, work: () => T): T {
  return withRemedy(`cannot change the wiki in ${wiki.sessionDir}`, work);
}

import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../../base/errors.js';
import { ifExists } from '../../disk/open.js';
import type { Returned } from '../../store/returns.js';
import { faultOfFile } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import { readSession, timesOf } from '../read/record.js';
import type { Wiki } from '../read/wiki.js';

/** Ms after the last change when the sessions are looked at again: most requests of a wiki have ended by then. */
const SETTLED = 500;

/** A session that was ended (its expiry in ms) or removed (null). */
interface Ended {
  name: FileName;
  bytes: number;
  expires: number | null;
}

/** Remembers what was ended and removed, to look at it again. A request of the wiki may write an old copy back. */
export class WikiReturnWatch {
  readonly #wiki: Wiki;
  readonly #onEnd: () => void;
  readonly #ended = new Map<string, Ended>();
  #last = 0;

  /** @param ended called when it need not remember more */
  constructor(wiki: Wiki, ended: () => void) {
    this.#wiki = wiki;
    this.#onEnd = ended;
  }

  remember(id: string, ended: Ended): void {
    this.#ended.set(id, ended);
    this.#last = performance.now();
  }

  async end(): Promise<Returned[]> {
    this.#onEnd();
    if (this.#ended.size === 0) return [];
    await wait(Math.max(0, this.#last + SETTLED - performance.now()));
    const returned = [...this.#ended].filter(([, ended]) => this.#isBack(ended));
    return returned.map(([id, { bytes }]) => ({ id, bytes, error: writtenBack(id) }));
  }

  #isBack({ name, expires }: Ended): boolean {
    const { sessions, secrets } = this.#wiki;
    if (secrets?.ownerNow(name)) return true;
    try {
      const file = ifExists(() => sessions.read(name));
      if (file === null) return false;
      if (expires === null) return true;
      return (
        secrets === null && timesOf(readSession(file.bytes).get('expires'), '1.9').cookieExpires > expires
      );
    } catch (error) {
      if (faultOfFile(error) === null) throw error;
      return false;
    }
  }
}

function writtenBack(id: string): StoreError {
  return new StoreError(`a request of the wiki that was under way wrote session ${id} back: run this again`);
}

import { type Clock, SECOND } from '../base/clock.js';
import { plainCopy } from '../base/plain-copy.js';
import type { DirectoryUser, UserDirectory } from './directory.js';

/** The most users to keep. */
const MOST = 5000;

interface Asked {
  /** When the directory was asked (ms): the answer is as old as the question. */
  at: number;
  answer: Promise<DirectoryUser | null>;
}

/**
 * The answers of `findById`, kept across requests for some seconds (option `userCache`). Requests at the same time share one
 * question, and each gets a copy, unless the directory gives objects of a class. Keeps neither that a user is missing nor an error. Of more than 5000 users it forgets the one used least recently.
 */
export class UserCache implements Pick<UserDirectory, 'findById'> {
  readonly #directory: Pick<UserDirectory, 'findById'>;
  readonly #maxAge: number;
  readonly #clock: Clock;
  /** By user id, the one used least recently first. */
  readonly #asked = new Map<string, Asked>();

  /** @param seconds how long an answer is used, counted from its question */
  constructor(directory: Pick<UserDirectory, 'findById'>, seconds: number, clock: Clock) {
    this.#directory = directory;
    this.#maxAge = seconds * SECOND;
    this.#clock = clock;
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    const now = this.#clock();
    const before = this.#asked.get(id);
    // Both directions: the clock may have been set back.
    const isFresh = before !== undefined && Math.abs(now - before.at) < this.#maxAge;
    const asked = isFresh ? before : this.#ask(id, now);
    this.#asked.delete(id);
    this.#asked.set(id, asked);
    const [oldest] = this.#asked.keys();
    if (this.#asked.size > MOST && oldest !== undefined) this.#asked.delete(oldest);
    return plainCopy(await asked.answer);
  }

  /** Makes the next request ask the directory. */
  forget(id: string): void {
    this.#asked.delete(id);
  }

  /** Async: a directory may throw before it returns a promise. */
  async #answer(id: string): Promise<DirectoryUser | null> {
    return this.#directory.findById(id);
  }

  #ask(id: string, at: number): Asked {
    const asked = { at, answer: this.#answer(id) };
    // A newer question may have taken its place.
    const drop = () => {
      if (this.#asked.get(id) === asked) this.#asked.delete(id);
    };
    asked.answer.then((user) => user === null && drop(), drop);
    return asked;
  }
}

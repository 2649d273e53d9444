/** The waiting tasks of one name, oldest first. */
type Line = { start: () => void; refuse: () => void }[];

/**
 * Runs a few tasks at once, lets a few more wait, and refuses the others. Each name has a line of waiting tasks, and the
 * names take turns: many tasks of one name delay each other, and not those of other names.
 */
export class Semaphore {
  #free: number;
  readonly #mostWaiting: number;
  readonly #refusal: () => Error;
  #waiting = 0;
  /** The first name is served next. No line is empty, so there are at most `mostWaiting` lines. */
  readonly #lines = new Map<string, Line>();

  /**
   * @param slots how many tasks run at once
   * @param mostWaiting how many tasks wait; for one more, the last task of the longest line is refused. Default: all do
   * @param refusal makes the error of a refused task
   */
  constructor(
    slots: number,
    mostWaiting = Number.POSITIVE_INFINITY,
    refusal = () => new Error('too many tasks wait'),
  ) {
    this.#free = slots;
    this.#mostWaiting = mostWaiting;
    this.#refusal = refusal;
  }

  /** Returns what the task returns. @throws the refusal when too many tasks wait, and no other name has a longer line */
  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#waitInLine(name);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #waitInLine(name: string): Promise<void> {
    if (this.#waiting >= this.#mostWaiting) this.#makeRoom(name);
    await new Promise<void>((resolve, reject) => {
      const line = this.#lines.get(name) ?? [];
      line.push({ start: resolve, refuse: () => reject(this.#refusal()) });
      this.#lines.set(name, line);
      this.#waiting++;
    });
  }

  /** Refuses the last task of the longest line. @throws the refusal when the new task's own line would be the longest */
  #makeRoom(name: string): void {
    const line = [...this.#lines.values()].reduce((one, other) => (other.length > one.length ? other : one));
    if (line.length <= (this.#lines.get(name)?.length ?? 0) + 1) throw this.#refusal();
    line.pop()?.refuse();
    this.#waiting--;
  }

  /** Passes the slot on at once: a new task cannot take it before a waiting one. */
  #leave(): void {
    const [first] = this.#lines;
    if (first === undefined) {
      this.#free++;
      return;
    }
    const [name, line] = first;
    const next = line.shift();
    this.#waiting--;
    this.#lines.delete(name);
    if (line.length > 0) this.#lines.set(name, line);
    next?.start();
  }
}

/** Tasks of one name that wait for a slot, oldest first. */
type Line = { start: () => void; refuse: () => void }[];

/**
 * Lets a few tasks run at once, a few more wait, and turns the others away. Tasks wait in a line for each name, and the
 * names take turns: many tasks of one name hold up each other, and not those of other names.
 */
export class Semaphore {
  #free: number;
  readonly #places: number;
  readonly #refusal: () => Error;
  #waiting = 0;
  /** The name in front is the next to be served. None has an empty line, so there are no more than places. */
  readonly #lines = new Map<string, Line>();

  /**
   * @param slots how many tasks run at once
   * @param places how many wait; when all are taken, the name with the longest line has its last one refused
   */
  constructor(slots: number, places: number, refusal: () => Error) {
    this.#free = slots;
    this.#places = places;
    this.#refusal = refusal;
  }

  /** What the task gives. @throws the refusal when all places are taken, and no other name has more of them */
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
    if (this.#waiting >= this.#places) this.#makeRoom(name);
    await new Promise<void>((resolve, reject) => {
      const line = this.#lines.get(name) ?? [];
      line.push({ start: resolve, refuse: () => reject(this.#refusal()) });
      this.#lines.set(name, line);
      this.#waiting++;
    });
  }

  /** @throws the refusal when the newcomer would have the longest line itself */
  #makeRoom(name: string): void {
    const line = [...this.#lines.values()].reduce((one, other) => (other.length > one.length ? other : one));
    if (line.length <= (this.#lines.get(name)?.length ?? 0) + 1) throw this.#refusal();
    line.pop()?.refuse();
    this.#waiting--;
  }

  /** The slot goes straight to the next in line: nobody who comes now can take it first. */
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

/** Lets a few tasks run at once, a few more wait in line, and turns the others away. */
export class Semaphore {
  #free: number;
  readonly #places: number;
  readonly #refusal: () => Error;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param slots how many tasks run at once
   * @param places how many wait; one more is refused
   */
  constructor(slots: number, places: number, refusal: () => Error) {
    this.#free = slots;
    this.#places = places;
    this.#refusal = refusal;
  }

  /** What the task gives. Who comes first is served first. @throws the refusal when all places are taken */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    if (this.#waiting.length >= this.#places) throw this.#refusal();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The slot goes straight to the next in line: nobody who comes now can take it first. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

/** Lets tasks run one after the other, in the order in which they came; one that fails does not hold up the next. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #under = 0;

  /** Whether no task runs or waits. */
  get areOver(): boolean {
    return this.#under === 0;
  }

  /** What the task gives, or throws, when its turn has come. */
  take<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#last.then(task);
    const over = () => {
      this.#under -= 1;
    };
    this.#under += 1;
    this.#last = run.then(over, over);
    return run;
  }
}

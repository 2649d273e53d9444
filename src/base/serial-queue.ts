/** Lets tasks run one after the other, in the order in which they came; one that fails does not hold up the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #under = 0;

  /** Whether no task runs or waits. */
  get isIdle(): boolean {
    return this.#under === 0;
  }

  /** What the task gives, or throws, when its turn has come. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    const over = () => {
      this.#under -= 1;
    };
    this.#under += 1;
    this.#last = result.then(over, over);
    return result;
  }
}

/** Runs tasks one after the other, in order. A task that fails does not stop the next one. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #under = 0;

  /** True when no task runs or waits. */
  get isIdle(): boolean {
    return this.#under === 0;
  }

  /** Runs the task in its turn. Resolves or rejects as the task does. */
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

/** Runs tasks one after the other, in order. A task that fails does not stop the next one. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #unfinished = 0;

  /** True when no task runs or waits. */
  get isIdle(): boolean {
    return this.#unfinished === 0;
  }

  /** Runs the task in its turn. Resolves or rejects as the task does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    const finish = () => {
      this.#unfinished -= 1;
    };
    this.#unfinished += 1;
    this.#last = result.then(finish, finish);
    return result;
  }
}

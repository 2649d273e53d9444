/** Runs tasks one after the other, in order. A task that fails does not stop the next one. */
export class SerialQueue {
  /** Null before the first task: most requests have none. */
  #last: Promise<unknown> | null = null;
  #unfinished = 0;

  /** True when no task runs or waits. */
  get isIdle(): boolean {
    return this.#unfinished === 0;
  }

  /** Runs the task in its turn. Resolves or rejects as the task does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = (this.#last ?? Promise.resolve()).then(task);
    const finish = () => {
      this.#unfinished -= 1;
    };
    this.#unfinished += 1;
    this.#last = result.then(finish, finish);
    return result;
  }
}

/**
 * Counts the assignments of a session's values: when the application gives a key another value, or removes it. So a save
 * knows which of them came after it began.
 */
export class Assignments {
  #count = 0;
  /** By key, the number of its last assignment; null before the first one. */
  #last: Map<string, number> | null = null;

  get count(): number {
    return this.#count;
  }

  note(key: string): void {
    this.#last ??= new Map();
    this.#last.set(key, ++this.#count);
  }

  /** Whether the key was assigned after the first `count` assignments. */
  isNewer(key: string, count: number): boolean {
    return (this.#last?.get(key) ?? 0) > count;
  }

  forgetAll(): void {
    this.#last = null;
  }
}

import { copied } from './copied.js';

/**
 * The values that were used last, by their keys; bounded. When the younger generation is full it becomes the older one, and
 * the older one is dropped. A use makes a value young again.
 */
export class Recent<T> {
  readonly #most: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** @param most the values of one generation */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    // The key may be a part of a longer text, such as a `Cookie` header.
    if (older !== undefined) this.set(copied(key), older);
    return older;
  }

  set(key: string, value: T): void {
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}

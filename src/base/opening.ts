import type { Soon } from './soon.js';

/** Something that is opened at its first use, once for all users. After a failure the next use tries again. */
export class Opening<T> {
  readonly #open: () => Promise<T>;
  #opening: Promise<T> | null = null;
  #opened: { value: T } | null = null;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  get(): Promise<T> {
    this.#opening ??= this.#begin();
    return this.#opening;
  }

  /** As `get`; at once when it is open. */
  soon(): Soon<T> {
    return this.#opened === null ? this.get() : this.#opened.value;
  }

  /** The opening that is done or under way; null before the first use, and after a failure. Opens nothing. */
  get current(): Promise<T> | null {
    return this.#opening;
  }

  async #begin(): Promise<T> {
    try {
      const value = await this.#open();
      this.#opened = { value };
      return value;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }
}

/** Something that is opened at its first use, once for all users. After a failure the next use tries again. */
export class Opening<T> {
  readonly #open: () => Promise<T>;
  #opened: Promise<T> | null = null;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  get(): Promise<T> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  /** The opening that is done or under way; null before the first use, and after a failure. Opens nothing. */
  get current(): Promise<T> | null {
    return this.#opened;
  }
}

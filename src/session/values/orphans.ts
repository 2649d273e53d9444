import { textOf } from './json-text.js';

/** A part of a value that the application may still hold after another request removed or replaced it in the session. */
export interface Orphan {
  /** The session key of the value. */
  key: string;
  part: object;
  /** Restores the part at its old place. */
  putBack: () => void;
}

/** Watches orphans. The application's change to one is the later save, so it undoes the removal. */
export class Orphans {
  /** Each with its JSON text as of the last `watch`. */
  #watched: (Orphan & { text: string | undefined })[] = [];

  /** Adds orphans, and takes the present text of all as unchanged. */
  watch(added: readonly Orphan[]): void {
    if (added.length === 0 && this.#watched.length === 0) return;
    this.#watched = [...this.#watched, ...added].map(({ key, part, putBack }) => ({
      key,
      part,
      putBack,
      text: textOf(part),
    }));
  }

  /** Puts back the orphans that the application has changed. */
  putBackChanged(): void {
    if (this.#watched.length === 0) return;
    const changed = this.#watched.filter(({ part, text }) => textOf(part) !== text);
    this.#watched = this.#watched.filter((orphan) => !changed.includes(orphan));
    // The older ones first: they may be parts of the younger ones.
    for (const { putBack } of changed) putBack();
  }

  /** Drops the orphans of a key that the application itself has assigned or removed. */
  forget(key: string): void {
    this.#watched = this.#watched.filter((orphan) => orphan.key !== key);
  }

  forgetAll(): void {
    this.#watched = [];
  }
}

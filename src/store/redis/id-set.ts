/** The words of an id: four of 32 bits. */
const WORDS = 4;

/**
 * A set of session ids for lists of millions: 16 bytes an id, and at most as much again for free places. A `Set` of strings
 * takes five times that.
 */
export class IdSet {
  #places = new Uint32Array(WORDS * 1024);
  #size = 0;
  /** The id of four zero words marks a free place, so it is counted apart. */
  #hasZero = false;

  /** Adds an id. Returns false if it was there. */
  add(id: string): boolean {
    const words = wordsOf(id);
    if (words.every((word) => word === 0)) {
      const isNew = !this.#hasZero;
      this.#hasZero = true;
      return isNew;
    }
    if (!this.#put(words)) return false;
    this.#size += 1;
    if (this.#size * WORDS * 2 > this.#places.length) this.#grow();
    return true;
  }

  /** Ids are digests: their first word is as good as a hash. */
  #put(words: readonly number[]): boolean {
    const places = this.#places;
    const mask = places.length / WORDS - 1;
    for (let place = (words[0] as number) & mask; ; place = (place + 1) & mask) {
      const at = place * WORDS;
      if (words.every((word, n) => places[at + n] === word)) return false;
      if (places.subarray(at, at + WORDS).some((word) => word !== 0)) continue;
      places.set(words, at);
      return true;
    }
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += WORDS) {
      const words = [...old.subarray(at, at + WORDS)];
      if (words.some((word) => word !== 0)) this.#put(words);
    }
  }
}

function wordsOf(id: string): number[] {
  return [0, 8, 16, 24].map((at) => Number.parseInt(id.slice(at, at + 8), 16));
}

/** Bytes of a session id. */
const SIZE = 16;
const FREE = 0;
const TAKEN = 1;
const FOUND = 2;

/** The numbers that are kept with an id. */
export interface Kept {
  /** What the session looked like: `fingerprintOf` its text. */
  fingerprint: number;
  /** A number of the user of the table. */
  note: number;
}

/** The sessions of one look at a store: about 50 bytes each, a tenth of what a `Map` of objects takes. */
export class IdTable {
  #ids = Buffer.allocUnsafeSlow(1024 * SIZE);
  #states = new Uint8Array(1024);
  #fingerprints = new Float64Array(1024);
  #notes = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an id, or changes what is kept with it. */
  put(id: string, { fingerprint, note }: Kept): void {
    if (this.#size >= (this.#states.length * 2) / 3) this.#grow();
    const bytes = Buffer.from(id, 'hex');
    const slot = this.#slotOf(bytes);
    if (this.#states[slot] === FREE) {
      this.#size += 1;
      bytes.copy(this.#ids, slot * SIZE);
      this.#states[slot] = TAKEN;
    }
    this.#fingerprints[slot] = fingerprint;
    this.#notes[slot] = note;
  }

  /** What is kept with the id; null without it. Counts the id as found. */
  find(id: string): Kept | null {
    const slot = this.#slotOf(Buffer.from(id, 'hex'));
    if (this.#states[slot] === FREE) return null;
    this.#states[slot] = FOUND;
    return this.#keptAt(slot);
  }

  has(id: string): boolean {
    return this.#states[this.#slotOf(Buffer.from(id, 'hex'))] !== FREE;
  }

  /** The ids that `find` was not asked for. */
  *missed(): Generator<Kept & { id: string }> {
    for (const [slot, state] of this.#states.entries())
      if (state === TAKEN)
        yield { id: this.#ids.toString('hex', slot * SIZE, (slot + 1) * SIZE), ...this.#keptAt(slot) };
  }

  /** Empties the table, and keeps its memory for as many ids again. */
  clear(): void {
    this.#states.fill(FREE);
    this.#size = 0;
  }

  #keptAt(slot: number): Kept {
    return { fingerprint: this.#fingerprints[slot] as number, note: this.#notes[slot] as number };
  }

  /** The slot of an id, or the free one where it belongs. Ids are digests, so any of their bytes are as good as random. */
  #slotOf(bytes: Buffer): number {
    const last = this.#states.length - 1;
    let slot = (bytes.readUInt32LE(0) ^ bytes.readUInt32BE(SIZE - 4)) & last;
    while (this.#states[slot] !== FREE && this.#ids.compare(bytes, 0, SIZE, slot * SIZE, (slot + 1) * SIZE))
      slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const old = {
      ids: this.#ids,
      states: this.#states,
      fingerprints: this.#fingerprints,
      notes: this.#notes,
    };
    const length = 2 * old.states.length;
    this.#ids = Buffer.allocUnsafeSlow(length * SIZE);
    this.#states = new Uint8Array(length);
    this.#fingerprints = new Float64Array(length);
    this.#notes = new Float64Array(length);
    for (const [from, state] of old.states.entries()) {
      if (state === FREE) continue;
      const bytes = old.ids.subarray(from * SIZE, (from + 1) * SIZE);
      const slot = this.#slotOf(bytes);
      bytes.copy(this.#ids, slot * SIZE);
      this.#states[slot] = state;
      this.#fingerprints[slot] = old.fingerprints[from] as number;
      this.#notes[slot] = old.notes[from] as number;
    }
  }
}

/** Primes near the golden section of 2^32 and of 2^31: they spread the bits of what is multiplied. */
const SPREAD = [0x9e3779b1, 0x4f1bbcdd] as const;

/** A number of 52 bits by which texts are told apart. Not against forgers: a change that nobody sees is all they would gain. */
export function fingerprintOf(text: string): number {
  let [one, other] = [text.length, ~text.length];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ (one >>> 15) ^ unit, SPREAD[0]);
    other = Math.imul(other ^ (other >>> 13) ^ unit, SPREAD[1]);
  }
  return (one >>> 0) * 2 ** 20 + ((other ^ (other >>> 12)) & 0xfffff);
}

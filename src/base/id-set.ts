/** Bytes of a session id. */
const SIZE = 16;
const FREE = 0;
const ADDED = 1;
const MARKED = 2;

/** A set for millions of ids that can be marked: 26 to 51 bytes each, a quarter of what strings take. */
export class IdSet {
  #slots = Buffer.allocUnsafeSlow(1024 * SIZE);
  #states = new Uint8Array(1024);
  #size = 0;
  #marked = 0;

  get size(): number {
    return this.#size;
  }

  /** How many of the ids are marked. */
  get marked(): number {
    return this.#marked;
  }

  /** Adds an id. Returns false if it was there. */
  add(id: string): boolean {
    if (this.#size >= (this.#states.length * 2) / 3) this.#grow();
    const isNew = this.#put(Buffer.from(id, 'hex'), ADDED);
    if (isNew) this.#size += 1;
    return isNew;
  }

  /** Returns whether the set has the id, marked or not. */
  mark(id: string): boolean {
    const slot = this.#slotOf(Buffer.from(id, 'hex'));
    if (this.#states[slot] === FREE) return false;
    if (this.#states[slot] === ADDED) this.#marked += 1;
    this.#states[slot] = MARKED;
    return true;
  }

  /** The ids that were not marked. */
  *unmarked(): Generator<string> {
    for (const [slot, state] of this.#states.entries())
      if (state === ADDED) yield this.#slots.toString('hex', slot * SIZE, (slot + 1) * SIZE);
  }

  #put(bytes: Buffer, state: number): boolean {
    const slot = this.#slotOf(bytes);
    if (this.#states[slot] !== FREE) return false;
    bytes.copy(this.#slots, slot * SIZE);
    this.#states[slot] = state;
    return true;
  }

  /** The slot of an id, or the free one where it belongs. Ids are digests, so any of their bytes are as good as random. */
  #slotOf(bytes: Buffer): number {
    const last = this.#states.length - 1;
    let slot = (bytes.readUInt32LE(0) ^ bytes.readUInt32BE(SIZE - 4)) & last;
    while (this.#states[slot] !== FREE && this.#slots.compare(bytes, 0, SIZE, slot * SIZE, (slot + 1) * SIZE))
      slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const slots = this.#slots;
    const states = this.#states;
    this.#slots = Buffer.allocUnsafeSlow(2 * slots.length);
    this.#states = new Uint8Array(2 * states.length);
    for (const [slot, state] of states.entries())
      if (state !== FREE) this.#put(slots.subarray(slot * SIZE, (slot + 1) * SIZE), state);
  }
}

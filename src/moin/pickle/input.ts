import { PickleError } from './error.js';
import { plainOpcode, refusal } from './opcodes.js';

const NEWLINE = 10;

/** The bytes of a pickle, and how far they are read. Every length is checked before anything is made of it. */
export class PickleInput {
  readonly #bytes: Buffer;
  #at = 0;
  #opcodeAt = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The next opcode. */
  opcode(): number {
    this.#opcodeAt = this.#at;
    if (this.#at === this.#bytes.length) {
      throw new PickleError(
        `the pickle is cut off: its ${this.#at} bytes end without the opcode STOP, so restore the file from a backup or remove it`,
      );
    }
    return this.#bytes[this.#at++] as number;
  }

  /** The error for an opcode that is none of plain data. */
  refusal(): PickleError {
    return refusal(this.#bytes[this.#opcodeAt] as number, this.#opcodeAt);
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#skip(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#skip(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#skip(4));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#skip(4));
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#skip(8));
  }

  /** The next bytes, as a view. */
  take(length: number): Buffer {
    const from = this.#skip(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** The bytes up to the next newline, which is skipped. */
  line(): Buffer {
    const end = this.#bytes.indexOf(NEWLINE, this.#at);
    if (end === -1) throw this.fault('lacks the newline that ends it');
    const line = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return line;
  }

  /** An error at the opcode that is being read: `the opcode INT at byte 3 <flaw>`. */
  fault(flaw: string): PickleError {
    const name = plainOpcode(this.#bytes[this.#opcodeAt] as number) ?? null;
    return new PickleError(
      `the opcode ${name} at byte ${this.#opcodeAt} ${flaw}: the pickle is damaged or not written by Python`,
      name,
    );
  }

  /** An error about the limits, at the opcode that is being read: `the pickle <excess>, at byte 3`. */
  tooMuch(excess: string): PickleError {
    return new PickleError(
      `the pickle ${excess}, seen at byte ${this.#opcodeAt}: no session of a wiki is like that, so look at the file before you remove it`,
    );
  }

  #skip(length: number): number {
    const from = this.#at;
    if (length > this.#bytes.length - from) throw this.fault('needs more bytes than are left');
    this.#at += length;
    return from;
  }
}

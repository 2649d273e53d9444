/** The longest line that is read: entries are far shorter. */
const LONGEST = 64 * 1024;
const LINE_FEED = 10;

/** Cuts bytes into lines, with memory for one line. A line that is too long comes as null. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #length = 0;

  /** The lines that end in these bytes. The bytes may be used again afterwards. */
  *add(bytes: Buffer): Generator<string | null> {
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
      this.#keep(bytes.subarray(from, end));
      yield this.#take();
      from = end + 1;
    }
    if (from < bytes.length) this.#keep(Buffer.from(bytes.subarray(from)));
  }

  /** How many bytes have no line feed yet. */
  get pending(): number {
    return this.#length;
  }

  /** What has no line feed yet; undefined if there is nothing. */
  end(): string | null | undefined {
    return this.#length === 0 ? undefined : this.#take();
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > LONGEST) this.#rest = [];
    else this.#rest.push(bytes);
  }

  #take(): string | null {
    const line = this.#length > LONGEST ? null : Buffer.concat(this.#rest).toString('utf8');
    this.#rest = [];
    this.#length = 0;
    return line;
  }
}

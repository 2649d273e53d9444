import { TemporaryFile } from '../sort/temporary-file.js';

/** The bytes that hold the length of a text. */
const HEAD = 4;
/** A file is never too large below this size. */
const SMALL = 16 * 1024 * 1024;

/** Texts in an unnamed temporary file, by their place in it. */
export class TextFile {
  readonly #file = new TemporaryFile();

  /** @returns the place of the text. @throws StoreError when the folder of temporary files has no room */
  add(text: string): number {
    const place = this.#file.size;
    const bytes = Buffer.alloc(HEAD + Buffer.byteLength(text));
    bytes.writeUInt32LE(bytes.length - HEAD);
    bytes.write(text, HEAD);
    this.#file.append(bytes, 0, bytes.length);
    return place;
  }

  read(place: number): string {
    this.#file.flush();
    const head = Buffer.alloc(HEAD);
    this.#file.read(head, place);
    const bytes = Buffer.alloc(head.readUInt32LE());
    this.#file.read(bytes, place + HEAD);
    return bytes.toString('utf8');
  }

  /** Whether most of the file are texts that nobody will read again. @param living bytes of the others */
  isWasteful(living: number): boolean {
    return this.#file.size > SMALL + 2 * living;
  }

  close(): void {
    this.#file.close();
  }
}

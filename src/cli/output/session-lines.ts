import type { SessionInfo } from '../../session/admin/info.js';
import { BARE, CHUNK } from './lines.js';
import type { RowOutput } from './row-output.js';

/**
 * Lists sessions while a command works on them. Formats of lines are written as the work goes on; a table waits for its end, because
 * it needs its widths. A reader who leaves does not stop the work: `end` says so.
 */
export class SessionLines {
  readonly #output: RowOutput<SessionInfo>;
  readonly #toText: (session: SessionInfo) => string;
  readonly #rows: string[] = [];
  #gathered = '';
  #isEmpty = true;
  /** Fails as the first write that failed. */
  #written: Promise<void> = Promise.resolve();

  constructor(output: RowOutput<SessionInfo>) {
    this.#output = output;
    this.#toText = output.toText();
  }

  add(session: SessionInfo): void {
    const text = this.#toText(session);
    const { lines } = this.#output;
    if (lines === null) {
      this.#rows.push(text);
      return;
    }
    const { before, between } = lines.list;
    this.#gathered += (this.#isEmpty ? before : between) + text;
    this.#isEmpty = false;
    if (this.#gathered.length >= CHUNK) this.#send();
  }

  /** Writes the rest. @throws BrokenPipe when the reader has gone */
  async end(): Promise<void> {
    const { lines } = this.#output;
    if (lines === null && this.#rows.length > 0) await this.#output.writeList(this.#rows);
    const { after, empty } = lines?.list ?? BARE;
    this.#gathered += this.#isEmpty ? empty : after;
    this.#send();
    await this.#written;
  }

  #send(): void {
    const text = this.#gathered;
    this.#gathered = '';
    if (text === '') return;
    this.#written = this.#written.then(() => this.#output.write(text));
    // `end` hands the failure on. Until then it is nobody's.
    this.#written.catch(() => {});
  }
}

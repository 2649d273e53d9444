import { batchesOf } from '../../base/batches.js';
import { CHUNK } from '../output/lines.js';
import type { ListedSession } from '../output/sessions.js';
import { type Change, Comparison } from './comparison.js';
import { TextFile } from './text-file.js';

export interface JournalFormat {
  /** What makes a session what it is: it changed when this did. */
  toText: (session: ListedSession) => string;
  /** A whole line about a session with this text. */
  line: (change: Change, at: number, text: string) => string;
}

/**
 * Writes a line for each session that appeared, changed or went since the look before; the first look shows all of them. A
 * session that went is shown as it was: its text waits in a temporary file.
 */
export class Journal {
  readonly #format: JournalFormat;
  readonly #comparison = new Comparison();
  #texts = new TextFile();
  /** Bytes of the texts of all sessions of the last look, or some more. */
  #living = 0;

  constructor(format: JournalFormat) {
    this.#format = format;
  }

  /** One look. @param at its moment in ms */
  async look(
    sessions: AsyncIterable<ListedSession>,
    at: number,
    write: (text: string) => Promise<void>,
  ): Promise<void> {
    const old = this.#texts;
    const isAnew = old.isWasteful(this.#living);
    if (isAnew) this.#texts = new TextFile();
    this.#living = 0;
    this.#comparison.begin();
    try {
      let gathered = '';
      for await (const batch of batchesOf(sessions)) {
        for (const session of batch) gathered += this.#meet(session, at, isAnew);
        if (gathered.length < CHUNK) continue;
        await write(gathered);
        gathered = '';
      }
      for (const { note } of this.#comparison.gone())
        gathered += this.#format.line('gone', at, old.read(note));
      if (gathered !== '') await write(gathered);
    } finally {
      if (isAnew) old.close();
    }
  }

  close(): void {
    this.#texts.close();
  }

  #meet(session: ListedSession, at: number, isAnew: boolean): string {
    const text = this.#format.toText(session);
    this.#living += Buffer.byteLength(text);
    const { change } = this.#comparison.meet(session.id, text, (seen) =>
      seen.change === null && seen.note !== null && !isAnew ? seen.note : this.#texts.add(text),
    );
    return change === null ? '' : this.#format.line(change, at, text);
  }
}

import { fingerprintOf, IdTable, type Kept } from './id-table.js';

/** What became of a session since the look before. */
export type Change = 'appeared' | 'changed' | 'gone';

/** A session in this look, beside the look before. */
export interface Seen {
  /** Null for a session that is as it was. */
  change: Exclude<Change, 'gone'> | null;
  /** The number that was kept with it; null for one that was not there. */
  note: number | null;
}

/** Compares each look at the sessions with the one before. Knows ids and fingerprints, so that millions fit into memory. */
export class Comparison {
  #before = new IdTable();
  #now = new IdTable();

  /** How many sessions this look has met. */
  get size(): number {
    return this.#now.size;
  }

  /** Begins a look. */
  begin(): void {
    [this.#before, this.#now] = [this.#now, this.#before];
    this.#now.clear();
  }

  /**
   * Meets a session. @param text what makes it what it is: another text is a change
   * @param noteFor the number to keep with it until the next look
   */
  meet(id: string, text: string, noteFor: (seen: Seen) => number): Seen {
    const fingerprint = fingerprintOf(text);
    const before = this.#before.find(id);
    const seen = { change: changeOf(before, fingerprint), note: before?.note ?? null };
    this.#now.put(id, { fingerprint, note: noteFor(seen) });
    return seen;
  }

  /** Whether this look has met the session. */
  hasMet(id: string): boolean {
    return this.#now.has(id);
  }

  /** The sessions of the look before that this one has not met. Call it at the end of a look. */
  gone(): Iterable<{ id: string; note: number }> {
    return this.#before.missed();
  }
}

function changeOf(before: Kept | null, fingerprint: number): Seen['change'] {
  if (before === null) return 'appeared';
  return before.fingerprint === fingerprint ? null : 'changed';
}

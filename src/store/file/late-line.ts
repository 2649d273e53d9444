import { frozen } from '../../base/frozen.js';
import type { SessionRecord } from '../contract.js';
import { parseRecord } from '../record.js';
import type { StoredLine } from './record-lines.js';

/** A line whose record is parsed and frozen at its first use: most records are read once. */
export class LateLine implements StoredLine {
  readonly text: string;
  readonly mayGrow: boolean;
  readonly #id: string;
  #record: SessionRecord | null = null;

  constructor(id: string, { text, mayGrow }: Omit<StoredLine, 'record'>) {
    this.#id = id;
    this.text = text;
    this.mayGrow = mayGrow;
  }

  get record(): SessionRecord {
    this.#record ??= frozen(parseRecord(this.#id, this.text));
    return this.#record;
  }
}

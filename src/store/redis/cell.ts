import type { Tombstone } from '../contract.js';
import { parseTombstone } from '../record.js';

/**
 * What stands under the key of a session. A key is one value, so that each change is one step of one key: the text of a
 * record, or a line that begins with `gone` and holds a tombstone. After that line may stand bytes that were kept, or put
 * back, beside it.
 */
export interface Cell {
  tombstone: Tombstone | null;
  /** The text of a record; null when there is none. */
  text: string | null;
}

export const EMPTY: Cell = { tombstone: null, text: null };

const GONE = 'gone ';

/** The beginning of every value with a tombstone. */
export const GONE_BYTES = GONE.length;

export function isGone(beginning: unknown): boolean {
  return beginning === GONE;
}

/** @param value null when there is no key */
export function parseCell(value: string | null): Cell {
  if (value === null) return EMPTY;
  if (!value.startsWith(GONE)) return { tombstone: null, text: value };
  const end = value.indexOf('\n');
  const tombstone = parseTombstone(value.slice(GONE.length, end === -1 ? undefined : end));
  if (tombstone === null) return { tombstone: null, text: value };
  return { tombstone, text: end === -1 ? null : value.slice(end + 1) };
}

/** The value to store; null to remove the key. */
export function formatCell(cell: Cell): string | null {
  const { tombstone, text } = cell;
  if (tombstone === null) return text;
  return text === null ? lineOf(tombstone) : beginningOf(cell) + text;
}

/** What stands before the text. */
export function beginningOf({ tombstone }: Cell): string {
  return tombstone === null ? '' : `${lineOf(tombstone)}\n`;
}

function lineOf(tombstone: Tombstone): string {
  return GONE + JSON.stringify(tombstone);
}

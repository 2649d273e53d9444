import { isJsonObject } from '../../base/json.js';
import { parseRecord, type Storable } from '../record.js';

const LINE_FEED = 10;
/** JSON's white space: tab, line feed, carriage return, space. */
const BLANKS: ReadonlySet<number | undefined> = new Set([9, LINE_FEED, 13, 32]);

/** The byte order mark that some editors put in front of UTF-8. */
const MARK = Buffer.from('\ufeff');

/** A record as its file holds it. */
export interface StoredLine extends Storable {
  /** Whether a line may be added to the file: it is whole lines, and the record is the last one. */
  mayGrow: boolean;
}

/**
 * The record in the bytes of its file (spec 6): the last whole line. A line is whole when a line feed ends it, or when it is
 * JSON by itself: editors drop the last line feed. A killed writer or a full disk leaves a torn line, which does not count.
 * JSON on several lines is a record as well, and so is one after a byte order mark: people edit by hand.
 * @throws UnreadableRecordError also when the last whole line is no record, and an earlier one is: that one is out of date,
 *   and may be of a time before a logout in some value
 */
export function lastRecord(id: string, bytes: Buffer): StoredLine {
  const end = endOfText(bytes);
  // A file with a mark is replaced at the next save: other readers of JSON take none.
  const first = MARK.every((byte, at) => bytes[at] === byte) ? MARK.length : 0;
  const start = end === 0 ? 0 : Math.max(first, bytes.lastIndexOf(LINE_FEED, end - 1) + 1);
  const text = bytes.toString('utf8', start, end);
  try {
    return {
      record: parseRecord(id, text),
      text,
      mayGrow: first === 0 && bytes[bytes.length - 1] === LINE_FEED,
    };
  } catch (error) {
    if (start === first) throw error;
    const whole = bytes.toString('utf8', first, end);
    if (isJsonText(whole)) return { record: parseRecord(id, whole), text: whole, mayGrow: false };
    const isTorn = bytes.indexOf(LINE_FEED, end) === -1 && !isJsonText(text);
    if (!isTorn) throw error;
    return { ...lastRecord(id, bytes.subarray(0, start)), mayGrow: false };
  }
}

/** Where the text ends that is no white space. */
function endOfText(bytes: Buffer): number {
  let end = bytes.length;
  while (BLANKS.has(bytes[end - 1])) end--;
  return end;
}

function isJsonText(text: string): boolean {
  try {
    return isJsonObject(JSON.parse(text));
  } catch {
    return false;
  }
}

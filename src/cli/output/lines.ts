/** Characters that are gathered before a write: fewer calls than line by line, less memory than all at once. */
export const CHUNK = 32_768;

/** The text before, between and after lines. */
export interface Frame {
  before: string;
  between: string;
  after: string;
  /** The whole text when there is no line. */
  empty: string;
}

/** How a format turns rows into lines. */
export interface Lines<Row> {
  line: (row: Row) => string;
  /** Around the lines of a list. */
  list: Frame;
  /** Around the only line of a single result, such as a report. */
  single: Frame;
}

/** No text around the lines. */
export const BARE: Frame = { before: '', between: '', after: '', empty: '' };

/** Yields the lines with the frame's text around them; the first piece includes `before`. */
export function* framed(
  lines: Iterable<string>,
  { before, between, after, empty }: Frame,
): Generator<string> {
  let isEmpty = true;
  for (const line of lines) {
    yield (isEmpty ? before : between) + line;
    isEmpty = false;
  }
  yield isEmpty ? empty : after;
}

import type { Json } from '../../base/json.js';
import { isoText } from './iso.js';
import { safeJson, sanitize } from './sanitize.js';
import { asText, type Column, chooseColumns, type View } from './view.js';

/** The formats in which each row is a text of its own, whatever the others are. */
export type LineFormat = 'json' | 'ndjson' | 'csv' | 'ids';

/** What stands before, between and behind lines; `none` stands for all of it where there is no line. */
export interface Frame {
  before: string;
  between: string;
  behind: string;
  none: string;
}

export interface Lines<Row> {
  line: (row: Row) => string;
  frame: Frame;
}

/** Nothing but the lines. */
export const BARE: Frame = { before: '', between: '', behind: '', none: '' };
/** One array, one row a line. */
const ARRAY: Frame = { before: '[\n', between: ',\n', behind: '\n]\n', none: '[]\n' };

/** How rows become lines in a format for programs. */
export function linesFor<Row>(
  view: View<Row>,
  format: LineFormat,
  { fields, csvSafe }: { fields?: readonly string[] | undefined; csvSafe?: boolean | undefined },
): Lines<Row> {
  const columns = chooseColumns(view, fields, false);
  switch (format) {
    case 'json':
      return { line: jsonLine(columns, ''), frame: ARRAY };
    case 'ndjson':
      return { line: jsonLine(columns, '\n'), frame: BARE };
    case 'csv':
      return csvLines(columns, csvSafe ? harmless : asItIs);
    case 'ids':
      return { line: (row) => `${sanitize(view.idOf(row))}\n`, frame: BARE };
  }
}

export function* framed(
  lines: Iterable<string>,
  { before, between, behind, none }: Frame,
): Generator<string> {
  let isEmpty = true;
  for (const line of lines) {
    yield (isEmpty ? before : between) + line;
    isEmpty = false;
  }
  yield isEmpty ? none : behind;
}

/** As `safeJson` of an object, which takes half as long again: the names are always the same, and times need no check. */
function jsonLine<Row>(columns: readonly Column<Row>[], behind: string): (row: Row) => string {
  const fields = columns.map(({ name, value }, index) => ({
    before: `${index === 0 ? '{' : ','}${safeJson(name)}:`,
    value,
  }));
  return (row) => {
    let line = '';
    for (const { before, value } of fields) line += before + jsonText(value(row));
    return `${line}}${behind}`;
  };
}

/** Printable ASCII that JSON takes as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function jsonText(value: Json | Date): string {
  if (value === null || typeof value === 'number') return String(value);
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  return value instanceof Date ? `"${isoText(value)}"` : safeJson(value);
}

/** RFC 4180, with a header. Control characters are shown, not sent: what is in a pipe may end up on a terminal. */
function csvLines<Row>(columns: readonly Column<Row>[], treat: (text: string) => string): Lines<Row> {
  const joined = (texts: string[]) => `${texts.map((text) => csvField(treat(sanitize(text)))).join(',')}\r\n`;
  const header = joined(columns.map(({ name }) => name));
  const line = (row: Row) => joined(columns.map(({ value }) => asText(value(row))));
  return { line, frame: { ...BARE, before: header, none: header } };
}

/** Marked as text where a spreadsheet would take it for a formula (OWASP, "CSV Injection"). */
function harmless(text: string): string {
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

function asItIs(text: string): string {
  return text;
}

function csvField(text: string): string {
  return /^[^",]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

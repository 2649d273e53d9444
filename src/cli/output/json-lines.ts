import type { Json } from '../../base/json.js';
import { isoText } from './iso.js';
import { BARE, type Frame, type Lines } from './lines.js';
import { safeJson } from './sanitize.js';
import type { Column } from './view.js';

/** An array with one row on each line. */
const ARRAY: Frame = { before: '[\n', between: ',\n', after: '\n]\n', empty: '[]\n' };
const LINE: Frame = { ...BARE, after: '\n' };

/** Printable ASCII that needs no escape in JSON. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** One JSON document: an array of rows, or the single row itself. */
export function jsonLines<Row>(columns: readonly Column<Row>[]): Lines<Row> {
  return { line: objectLine(columns, ''), list: ARRAY, single: LINE };
}

/** One JSON document on each line. */
export function ndjsonLines<Row>(columns: readonly Column<Row>[]): Lines<Row> {
  return { line: objectLine(columns, '\n'), list: BARE, single: BARE };
}

/** Escapes names once, and times never. `safeJson` of the whole object would take a third longer. */
function objectLine<Row>(columns: readonly Column<Row>[], after: string): (row: Row) => string {
  const end = `}${after}`;
  const fields = columns.map(({ name, value }, index) => {
    const before = `${index === 0 ? '{' : ','}${safeJson(name)}:`;
    return { before, none: `${before}null`, value };
  });
  return (row) => {
    let line = '';
    for (const { before, none, value } of fields) {
      const given = value(row);
      line += given === null ? none : before + jsonText(given);
    }
    return line + end;
  };
}

function jsonText(value: Json | Date): string {
  if (value === null || typeof value === 'number') return String(value);
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  return value instanceof Date ? `"${isoText(value)}"` : safeJson(value);
}

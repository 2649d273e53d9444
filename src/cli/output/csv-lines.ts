import { BARE, type Lines } from './lines.js';
import { sanitize } from './sanitize.js';
import { asText, type Column } from './view.js';

/** CSV by RFC 4180, with a header. Control characters become symbols, because a pipe may end on a terminal. */
export function csvLines<Row>(
  columns: readonly Column<Row>[],
  { csvSafe }: { csvSafe: boolean },
): Lines<Row> {
  const treat = csvSafe ? escapeFormula : unchanged;
  const joined = (texts: string[]) => `${texts.map((text) => csvField(treat(sanitize(text)))).join(',')}\r\n`;
  const header = joined(columns.map(({ name }) => name));
  const frame = { ...BARE, before: header, empty: header };
  const line = (row: Row) => joined(columns.map(({ value }) => asText(value(row))));
  return { line, list: frame, single: frame };
}

/** Puts `'` before text that a spreadsheet would run as a formula (OWASP, "CSV Injection"). */
function escapeFormula(text: string): string {
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

function unchanged(text: string): string {
  return text;
}

function csvField(text: string): string {
  return /^[^",]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

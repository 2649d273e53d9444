import { BARE, type Lines } from './lines.js';
import { withoutControls } from './sanitize.js';
import { asText, type Column } from './view.js';

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

/**
 * Tab-separated values with a header, for `cut`, `sort` and `awk`. A tab, a line break or a backslash in a value is escaped
 * with a backslash, as data bases do; other control characters become symbols.
 */
export function tsvLines<Row>(columns: readonly Column<Row>[]): Lines<Row> {
  const joined = (texts: string[]) => `${texts.map(tsvField).join('\t')}\n`;
  const header = joined(columns.map(({ name }) => name));
  const frame = { ...BARE, before: header, empty: header };
  return {
    line: (row) => joined(columns.map(({ value }) => asText(value(row)))),
    list: frame,
    single: frame,
  };
}

function tsvField(text: string): string {
  return withoutControls(text.replace(/[\t\n\r\\]/g, (control) => ESCAPES[control] as string));
}

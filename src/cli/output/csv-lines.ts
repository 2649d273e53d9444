import { BARE, type Lines } from './lines.js';
import { withoutControls } from './sanitize.js';
import { asText, type Column } from './view.js';

/** CSV by RFC 4180, with a header. Control characters become symbols, because a pipe may end on a terminal. */
export function csvLines<Row>(
  columns: readonly Column<Row>[],
  { csvSafe }: { csvSafe: boolean },
): Lines<Row> {
  const field = csvSafe ? safeField : csvField;
  const joined = (texts: string[]) => `${texts.map((text) => field(withoutControls(text))).join(',')}\r\n`;
  const header = joined(columns.map(({ name }) => name));
  const frame = { ...BARE, before: header, empty: header };
  const line = (row: Row) => joined(columns.map(({ value }) => asText(value(row))));
  return { line, list: frame, single: frame };
}

/**
 * Where a spreadsheet may begin to run a formula: also behind characters that it drops or nobody sees, in full width as some
 * input methods write, and behind a `;`, which parts cells where `,` is the decimal mark.
 */
const FORMULA = /(^|;)(?=["\s\p{Default_Ignorable_Code_Point}]*[=+\-@＝＋－＠﹢﹣﹦﹫])/gu;

/** Puts `'` before what a spreadsheet would run as a formula (OWASP, "CSV Injection"). */
function safeField(text: string): string {
  return csvField(text.replace(FORMULA, "$1'"), /[",;]/);
}

function csvField(text: string, special = /[",]/): string {
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

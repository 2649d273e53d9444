import { csvLines } from './csv-lines.js';
import { jsonLines, ndjsonLines } from './json-lines.js';
import { BARE, type Lines } from './lines.js';
import { sanitize } from './sanitize.js';
import { tsvLines } from './tsv-lines.js';
import type { Column } from './view.js';

export interface LineOptions<Row> {
  idOf: (row: Row) => string;
  csvSafe: boolean;
}

type LineFormat = <Row>(columns: readonly Column<Row>[], options: LineOptions<Row>) => Lines<Row>;

/** The formats that turn each row into a line of its own. To add a format, add a row here. */
const LINE_FORMATS = {
  json: jsonLines,
  ndjson: ndjsonLines,
  csv: csvLines,
  tsv: tsvLines,
  ids: (_columns, { idOf }) => ({ line: (row) => `${sanitize(idOf(row))}\n`, list: BARE, single: BARE }),
} satisfies Record<string, LineFormat>;

/** The formats of spec 7: `table` is for people, the others are for programs. */
export const FORMATS = ['table', ...keysOf(LINE_FORMATS), 'count', 'openmetrics'] as const;

export type Format = (typeof FORMATS)[number];

/** Whether the format has a line for each row. */
export function isLineFormat(format: Format): format is keyof typeof LINE_FORMATS {
  return format in LINE_FORMATS;
}

/** How the format turns rows into lines; null for a format that has no line per row. */
export function linesFor<Row>(
  format: Format,
  columns: readonly Column<Row>[],
  options: LineOptions<Row>,
): Lines<Row> | null {
  if (!isLineFormat(format)) return null;
  const lines: LineFormat = LINE_FORMATS[format];
  return lines(columns, options);
}

function keysOf<T extends object>(table: T): (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}

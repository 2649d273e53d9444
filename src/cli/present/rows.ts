import type { Output } from '../context.js';
import type { Format } from './formats.js';
import type { Style } from './style.js';
import { asText, type Column, chooseColumns, project, type View } from './view.js';
import { safeJson, visible } from './visible.js';

export interface RowsOptions {
  format: Format;
  fields?: readonly string[] | undefined;
  /** The moment that relative times are seen from. */
  now: number;
  /** How wide a table may be. */
  width: number;
  style: Style;
}

/** Characters that are gathered before they are written: neither a call a row nor the whole at once. */
const CHUNK = 32_768;

/** Writes rows in the format that was asked for, as they come. */
export async function writeRows<Row>(
  out: Output,
  view: View<Row>,
  rows: AsyncIterable<Row>,
  options: RowsOptions,
): Promise<void> {
  const columns = chooseColumns(view, options.fields, options.format === 'table');
  await writeText(out, await render(out, view, rows, columns, options));
}

/** Writes text as it comes, and no faster than it is taken. */
export async function writeText(out: Output, texts: AsyncIterable<string>): Promise<void> {
  let gathered = '';
  for await (const text of texts) {
    gathered += text;
    if (gathered.length < CHUNK) continue;
    await out.write(gathered);
    gathered = '';
  }
  if (gathered !== '') await out.write(gathered);
}

async function render<Row>(
  out: Output,
  view: View<Row>,
  rows: AsyncIterable<Row>,
  columns: readonly Column<Row>[],
  options: RowsOptions,
): Promise<AsyncIterable<string>> {
  switch (options.format) {
    case 'json':
      return jsonText(rows, columns);
    case 'ndjson':
      return ndjsonText(rows, columns);
    case 'csv':
      return csvText(rows, columns, out.isTTY);
    case 'ids':
      return idsText(rows, view.idOf);
    case 'count':
      return countText(rows);
    case 'table': {
      const { tableText } = await import('./table.js');
      return tableText(rows, columns, options);
    }
  }
}

/** One array, one row a line. */
async function* jsonText<Row>(rows: AsyncIterable<Row>, columns: readonly Column<Row>[]) {
  let before = '[\n';
  for await (const row of rows) {
    yield before + safeJson(project(row, columns));
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

async function* ndjsonText<Row>(rows: AsyncIterable<Row>, columns: readonly Column<Row>[]) {
  for await (const row of rows) yield ndjsonLine(row, columns);
}

/** A row as a line of NDJSON. */
export function ndjsonLine<Row>(row: Row, columns: readonly Column<Row>[]): string {
  return `${safeJson(project(row, columns))}\n`;
}

/** RFC 4180, with a header. Byte for byte in a pipe; on a terminal control characters are shown, not sent. */
async function* csvText<Row>(
  rows: AsyncIterable<Row>,
  columns: readonly Column<Row>[],
  forTerminal: boolean,
) {
  const line = (texts: string[]) => `${texts.map(csvField).join(',')}\r\n`;
  yield line(columns.map(({ name }) => name));
  for await (const row of rows) {
    const texts = columns.map(({ value }) => asText(value(row)));
    yield line(forTerminal ? texts.map(visible) : texts);
  }
}

function csvField(text: string): string {
  return /^[^",\p{Cc}]*$/u.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

async function* idsText<Row>(rows: AsyncIterable<Row>, idOf: (row: Row) => string) {
  for await (const row of rows) yield `${visible(idOf(row))}\n`;
}

async function* countText<Row>(rows: AsyncIterable<Row>) {
  let count = 0;
  for await (const _ of rows) count += 1;
  yield `${count}\n`;
}

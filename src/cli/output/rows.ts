import type { OutputStream } from '../context.js';
import type { Format } from '../input/formats.js';
import { type Frame, framed, linesFor } from './lines.js';
import type { Style } from './style.js';
import { chooseColumns, type View } from './view.js';

export interface RowsOptions {
  format: Format;
  fields?: readonly string[] | undefined;
  /** The moment that relative times are seen from. */
  now: number;
  /** Whether CSV keeps spreadsheets from taking cells for formulas. Default false. */
  csvSafe?: boolean | undefined;
  /** How wide a table may be; off a terminal there is no limit. */
  width: number;
  style: Style;
}

/** Characters that are gathered before they are written. */
const CHUNK = 32_768;

/** Writes rows in the format that was asked for. In one for programs they are few enough to hold. */
export async function writeRows<Row>(
  out: OutputStream,
  view: View<Row>,
  rows: AsyncIterable<Row>,
  options: RowsOptions,
): Promise<void> {
  const { format } = options;
  if (format === 'table') return writeTable(out, view, rows, options);
  if (format === 'count') return writeCount(out, rows);
  const { line, frame } = linesFor(view, format, options);
  const lines: string[] = [];
  for await (const row of rows) lines.push(line(row));
  await writeLines(out, lines, frame);
}

export async function writeTable<Row>(
  out: OutputStream,
  view: View<Row>,
  rows: AsyncIterable<Row> | Iterable<Row>,
  options: RowsOptions,
): Promise<void> {
  const { tableText } = await import('./table.js');
  await writeText(out, tableText(rows, chooseColumns(view, options.fields, true), options));
}

export async function writeCount(out: OutputStream, rows: AsyncIterable<unknown>): Promise<void> {
  let count = 0;
  for await (const _ of rows) count += 1;
  await out.write(`${count}\n`);
}

/** Writes text as it comes, and no faster than it is taken. */
export async function writeText(out: OutputStream, texts: AsyncIterable<string>): Promise<void> {
  for await (const text of texts) await out.write(text);
}

/** The same for many lines: neither a call a line nor the whole at once. */
export async function writeLines(out: OutputStream, lines: Iterable<string>, frame: Frame): Promise<void> {
  let gathered = '';
  for (const text of framed(lines, frame)) {
    gathered += text;
    if (gathered.length < CHUNK) continue;
    await out.write(gathered);
    gathered = '';
  }
  if (gathered !== '') await out.write(gathered);
}

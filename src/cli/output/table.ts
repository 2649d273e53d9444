import { createRequire } from 'node:module';
import { fitColumns, GAP, heading, type SizedColumn } from './column-widths.js';
import { sanitize } from './sanitize.js';
import type { Style } from './style.js';
import { isolate, type Ruler, rulerFor } from './text.js';
import { asText, type Column } from './view.js';

export interface TableOptions {
  /** The greatest width of the table in characters. When it is infinite, no cell is shortened. */
  width: number;
  /** Whether every column is shown, even on a narrow terminal. */
  keepsAll: boolean;
  /** The moment that relative times refer to, in ms. */
  now: number;
  style: Style;
}

/** A row and the texts of its cells. */
interface RowTexts<Row> {
  row: Row;
  texts: string[];
}

/** The columns of a table, and one line of it with stand-ins for the cells. */
interface Layout<Row> {
  columns: readonly SizedColumn<Row>[];
  template: string;
}

/** How many rows are in memory at a time. The first piece of so many sets the widths of the whole table. */
const PIECE = 200;

/** Yields a table of any length in pieces. `fitColumns` chooses the columns that fit. */
export async function* tableText<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  columns: readonly Column<Row>[],
  { width, keepsAll, now, style }: TableOptions,
): AsyncGenerator<string> {
  const cutsCells = Number.isFinite(width);
  let layout: Layout<Row> | null = null;
  for await (const piece of pieces(rows, PIECE)) {
    const cells = piece.map((row) => ({ row, texts: columns.map((column) => cellText(column, row, now)) }));
    const texts = cells.map((row) => row.texts);
    const ruler = await rulerFor(texts.flat());
    if (layout === null) {
      layout = layOut(fitColumns(columns, texts, { width, keepsAll }, ruler));
      yield headings(layout, style, ruler);
    }
    yield rowLines(cells, layout, style, cutsCells ? ruler : { ...ruler, clip: unchanged });
  }
}

async function* pieces<Row>(rows: AsyncIterable<Row> | Iterable<Row>, size: number): AsyncGenerator<Row[]> {
  let piece: Row[] = [];
  for await (const row of rows) {
    piece.push(row);
    if (piece.length < size) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

const STAND_IN = '#';
const STAND_INS = /#+/g;
const SIDES = ['top', 'bottom', 'left', 'right', 'mid'];
const NO_BORDERS = Object.fromEntries(
  SIDES.flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-${side}`])
    .concat('middle')
    .map((name) => [name, '']),
);

/**
 * Lays out one line with ASCII stand-ins; the cells replace them later. cli-table3 never sees the cells, because it
 * measures text by an older Unicode than terminals do, and its time grows with the square of the rows.
 */
function layOut<Row>(columns: readonly SizedColumn<Row>[]): Layout<Row> {
  // `require` is a third faster: `import` would first search the files of cli-table3 for names of exports.
  const Table: typeof import('cli-table3') = createRequire(import.meta.url)('cli-table3');
  const table = new Table({
    colWidths: columns.map(({ width }, index) => width + (index < columns.length - 1 ? GAP : 0)),
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(columns.map(({ width }) => STAND_IN.repeat(width)));
  return { columns, template: table.toString() };
}

function headings<Row>({ columns, template }: Layout<Row>, style: Style, ruler: Ruler): string {
  const cells = columns.map((sized) => padded(heading(sized.column), sized, style.bold, ruler));
  return fill(template, cells);
}

function rowLines<Row>(
  rows: readonly RowTexts<Row>[],
  { columns, template }: Layout<Row>,
  style: Style,
  ruler: Ruler,
): string {
  const lines = rows.map(({ row, texts }) => {
    const cells = columns.map((sized, index) => {
      const paint = sized.column.paint?.(row, style) ?? unchanged;
      return padded(ruler.clip(texts[index] ?? '', sized.width), sized, paint, ruler);
    });
    return fill(template, cells);
  });
  return lines.join('');
}

function fill(template: string, cells: readonly string[]): string {
  let next = 0;
  const line = template.replace(STAND_INS, () => cells[next++] ?? '');
  return `${line.trimEnd()}\n`;
}

function padded<Row>(
  text: string,
  { column, width }: SizedColumn<Row>,
  paint: (text: string) => string,
  ruler: Ruler,
): string {
  const space = ' '.repeat(Math.max(0, width - ruler.width(text)));
  const shown = text === '' ? '' : paint(isolate(text));
  return column.align === 'right' ? space + shown : shown + space;
}

function cellText<Row>(column: Column<Row>, row: Row, now: number): string {
  return sanitize(column.cell?.(row, now) ?? asText(column.value(row)));
}

function unchanged(text: string): string {
  return text;
}

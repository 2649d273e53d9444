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

/** The columns of a table, and the spaces that cli-table3 puts into an empty cell of each. */
interface Layout<Row> {
  columns: readonly SizedColumn<Row>[];
  blanks: readonly string[];
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

/** Between the cells of the line that is laid out. */
const BORDER = '|';
const SIDES = ['top', 'bottom', 'left', 'right', 'mid'];
const NO_BORDERS = Object.fromEntries(
  SIDES.flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-${side}`])
    .map((name) => [name, ''])
    .concat([['middle', BORDER]]),
);

/**
 * Lays out one line of empty cells; the texts replace the spaces in them later. cli-table3 never sees the texts, because it
 * measures text by an older Unicode than terminals do, and its time grows with the square of the rows. To measure the
 * first text at all takes it 3 ms.
 */
function layOut<Row>(columns: readonly SizedColumn<Row>[]): Layout<Row> {
  // `require` is a third faster: `import` would first search the files of cli-table3 for names of exports.
  const Table: typeof import('cli-table3') = createRequire(import.meta.url)('cli-table3');
  const table = new Table({
    colWidths: columns.map(({ width }, index) => width + (index < columns.length - 1 ? GAP : 0)),
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(columns.map(() => ''));
  return { columns, blanks: table.toString().split(BORDER) };
}

function headings<Row>({ columns, blanks }: Layout<Row>, style: Style, ruler: Ruler): string {
  const cells = columns.map((sized) => padded(heading(sized.column), sized, style.bold, ruler));
  return fill(blanks, columns, cells);
}

function rowLines<Row>(
  rows: readonly RowTexts<Row>[],
  { columns, blanks }: Layout<Row>,
  style: Style,
  ruler: Ruler,
): string {
  const lines = rows.map(({ row, texts }) => {
    const cells = columns.map((sized, index) => {
      const paint = sized.column.paint?.(row, style) ?? unchanged;
      return padded(ruler.clip(texts[index] ?? '', sized.width), sized, paint, ruler);
    });
    return fill(blanks, columns, cells);
  });
  return lines.join('');
}

/** Puts each cell in place of as many spaces as its column is wide; the other spaces part it from the next one. */
function fill<Row>(
  blanks: readonly string[],
  columns: readonly SizedColumn<Row>[],
  cells: readonly string[],
): string {
  const line = blanks.map((blank, index) => (cells[index] ?? '') + blank.slice(columns[index]?.width));
  return `${line.join('').trimEnd()}\n`;
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

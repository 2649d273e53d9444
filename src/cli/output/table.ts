import { createRequire } from 'node:module';
import { fitColumns, GAP, heading, type SizedColumn } from './column-widths.js';
import { BETWEEN } from './row-text.js';
import type { Style } from './style.js';
import { type Ruler, rulerFor } from './text.js';
import type { Column } from './view.js';

export interface TableOptions {
  /** The greatest width of the table in characters. When it is infinite, no cell is shortened. */
  width: number;
  /** Lines for the table. A longer table repeats its headings at the end, where a person reads on. Default: infinite. */
  height?: number;
  /** The width (characters) at which lines break, between two columns. Default: infinite. */
  foldAt?: number;
  /** Whether every column is shown, even on a narrow terminal. */
  keepsAll: boolean;
  style: Style;
}

/** The columns of a table, and for each the spaces that part it from the next one. */
interface Layout<Row> {
  columns: readonly SizedColumn<Row>[];
  gaps: readonly string[];
  /** The columns that begin another line of the same row. */
  starts: ReadonlySet<number>;
}

/** What the other lines of a row begin with. */
const INDENT = '  ';

/** How many rows are laid out at a time. The first ones set the widths of the whole table. */
const PIECE = 200;

/** Yields a table of any length in pieces. `fitColumns` chooses the columns that fit. @param rows texts of `rowTexts` */
export async function* tableText<Row>(
  rows: Iterable<string>,
  columns: readonly Column<Row>[],
  {
    width,
    height = Number.POSITIVE_INFINITY,
    foldAt = Number.POSITIVE_INFINITY,
    keepsAll,
    style,
  }: TableOptions,
): AsyncGenerator<string> {
  const cutsCells = Number.isFinite(width);
  let layout: Layout<Row> | null = null;
  let lines = 0;
  for (const piece of pieces(rows, PIECE)) {
    const ruler = await rulerFor(piece);
    const cells = piece.map((text) => text.split(BETWEEN));
    if (layout === null) {
      layout = layOut(fitColumns(columns, cells, { width, keepsAll }, ruler), foldAt);
      yield headings(layout, style, ruler);
    }
    yield rowLines(cells, layout, style, cutsCells ? ruler : { ...ruler, clip: unchanged });
    lines += piece.length * (layout.starts.size + 1);
  }
  if (layout !== null && lines + 1 > height) yield headings(layout, style, await rulerFor([]));
}

function* pieces(rows: Iterable<string>, size: number): Generator<string[]> {
  let piece: string[] = [];
  for (const row of rows) {
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
function layOut<Row>(columns: readonly SizedColumn<Row>[], foldAt: number): Layout<Row> {
  // `require` is a third faster: `import` would first search the files of cli-table3 for names of exports.
  const Table: typeof import('cli-table3') = createRequire(import.meta.url)('cli-table3');
  const table = new Table({
    colWidths: columns.map(({ width }, index) => width + (index < columns.length - 1 ? GAP : 0)),
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(columns.map(() => ''));
  const blanks = table.toString().split(BORDER);
  const gaps = columns.map(({ width }, index) => (blanks[index] ?? '').slice(width));
  return { columns, gaps, starts: startsOf(columns, foldAt) };
}

function startsOf(columns: readonly { width: number }[], foldAt: number): Set<number> {
  const starts = new Set<number>();
  let used = 0;
  for (const [index, { width }] of columns.entries()) {
    if (index > 0 && used + width > foldAt) {
      starts.add(index);
      used = INDENT.length;
    }
    used += width + GAP;
  }
  return starts;
}

function headings<Row>(layout: Layout<Row>, style: Style, ruler: Ruler): string {
  return rowOf(layout, (sized) => padded(heading(sized.column), sized, style.bold, ruler));
}

/** The lines of one row. */
function rowOf<Row>(
  { columns, gaps, starts }: Layout<Row>,
  textOf: (sized: SizedColumn<Row>, index: number) => string,
): string {
  let lines = '';
  let line = '';
  for (const [index, sized] of columns.entries()) {
    if (starts.has(index)) {
      lines += `${line.trimEnd()}\n`;
      line = INDENT;
    }
    line += textOf(sized, index) + gaps[index];
  }
  return `${lines}${line.trimEnd()}\n`;
}

function rowLines<Row>(
  rows: readonly (readonly string[])[],
  layout: Layout<Row>,
  style: Style,
  ruler: Ruler,
): string {
  let lines = '';
  for (const cells of rows)
    lines += rowOf(layout, (sized, index) => {
      const cell = cells[index] ?? '';
      const paint = sized.column.paint?.(cell, style) ?? unchanged;
      return padded(ruler.clip(cell, sized.width), sized, paint, ruler);
    });
  return lines;
}

function padded<Row>(
  text: string,
  { column, width }: SizedColumn<Row>,
  paint: (text: string) => string,
  ruler: Ruler,
): string {
  const space = ' '.repeat(Math.max(0, width - ruler.width(text)));
  const shown = text === '' ? '' : paint(ruler.isolate(text));
  return column.align === 'right' ? space + shown : shown + space;
}

function unchanged(text: string): string {
  return text;
}

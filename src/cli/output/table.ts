import { fitColumns, heading, type SizedColumn } from './column-widths.js';
import { BETWEEN } from './row-text.js';
import type { Style } from './style.js';
import { type Layout, layOut, rowOf } from './table-layout.js';
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

function headings<Row>(layout: Layout<Row>, style: Style, ruler: Ruler): string {
  return rowOf(layout, (sized) => padded(heading(sized.column), sized, style.bold, ruler));
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

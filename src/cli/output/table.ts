import { createRequire } from 'node:module';
import { fitColumns, GAP, heading, type SizedColumn } from './column-widths.js';
import { sanitize } from './sanitize.js';
import type { Style } from './style.js';
import { isolate, type Ruler, rulerFor } from './text.js';
import { asText, type Column } from './view.js';

export interface TableOptions {
  /** The most columns of the terminal that the table may take. Without a limit no cell is cut off. */
  width: number;
  /** Whether each column is shown, however narrow the terminal is. */
  keepsAll: boolean;
  now: number;
  style: Style;
}

/** A row and what its cells say. */
interface Drawn<Row> {
  row: Row;
  texts: string[];
}

/** So many rows are held in memory; the first of them decide on the widths of all. */
const PIECE = 200;

/**
 * A table of any length, drawn in pieces. Columns that do not fit are narrowed, then, unless they were named, left out
 * from the right.
 */
export async function* tableText<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  columns: readonly Column<Row>[],
  { width, keepsAll, now, style }: TableOptions,
): AsyncGenerator<string> {
  let sizedColumns: SizedColumn<Row>[] | null = null;
  let template = '';
  for await (const piece of pieces(rows, PIECE)) {
    const drawn = piece.map((row) => ({ row, texts: columns.map((column) => cellText(column, row, now)) }));
    const ruler = await rulerFor(drawn.flatMap(({ texts }) => texts));
    if (sizedColumns === null) {
      sizedColumns = fitColumns(
        columns,
        drawn.map(({ texts }) => texts),
        { width, keepsAll },
        ruler,
      );
      template = layOut(sizedColumns);
      yield fill(
        template,
        sizedColumns.map((sized) => padded(heading(sized.column), sized, style.bold, ruler)),
      );
    }
    const widths = sizedColumns;
    const cut = Number.isFinite(width) ? ruler.clip : asItIs;
    yield drawn.map((row) => fill(template, cellsOf(row, widths, style, ruler, cut))).join('');
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
 * One line with stand-ins of plain ASCII for the cells. Cells take their place afterwards, for cli-table3 measures
 * text by an older Unicode than terminals do, and its time grows with the square of the rows.
 */
function layOut<Row>(sizedColumns: readonly SizedColumn<Row>[]): string {
  // Not by import, which would first search its files for the names of exports: a third of the time.
  const Table: typeof import('cli-table3') = createRequire(import.meta.url)('cli-table3');
  const table = new Table({
    colWidths: sizedColumns.map(({ width }, index) => width + (index < sizedColumns.length - 1 ? GAP : 0)),
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(sizedColumns.map(({ width }) => STAND_IN.repeat(width)));
  return table.toString();
}

function fill(template: string, cells: readonly string[]): string {
  let next = 0;
  const line = template.replace(STAND_INS, () => cells[next++] ?? '');
  return `${line.trimEnd()}\n`;
}

function cellsOf<Row>(
  { row, texts }: Drawn<Row>,
  sizedColumns: readonly SizedColumn<Row>[],
  style: Style,
  ruler: Ruler,
  cut: Ruler['clip'],
): string[] {
  return sizedColumns.map((sized, index) => {
    const paint = sized.column.paint?.(row, style) ?? asItIs;
    return padded(cut(texts[index] ?? '', sized.width), sized, paint, ruler);
  });
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

function asItIs(text: string): string {
  return text;
}

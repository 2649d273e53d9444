import { createRequire } from 'node:module';
import { GAP, type SizedColumn } from './column-widths.js';

/** The columns of a table, and for each the spaces that part it from the next one. */
export interface Layout<Row> {
  columns: readonly SizedColumn<Row>[];
  gaps: readonly string[];
  /** The columns that begin another line of the same row. */
  starts: ReadonlySet<number>;
}

/** What the other lines of a row begin with. */
const INDENT = '  ';

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
export function layOut<Row>(columns: readonly SizedColumn<Row>[], foldAt: number): Layout<Row> {
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

/** The lines of one row. */
export function rowOf<Row>(
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

import type { Ruler } from './text.js';
import type { Column } from './view.js';

/** A column and its width in characters. The width is fixed before the first line is written. */
export interface SizedColumn<Row> {
  column: Column<Row>;
  width: number;
}

/** Spaces between two columns. */
export const GAP = 2;

/** The greatest width of a column without a `max`, in characters. */
const MOST = 40;

export function heading<Row>({ name }: Column<Row>): string {
  return name.replace(/(?=[A-Z])/g, ' ').toUpperCase();
}

/**
 * Returns the columns that fit into `width`. Each is as wide as these rows need. If they do not fit, the widest columns
 * shrink to their `min`; then the last columns are left out. The first column stays. With `keepsAll` every column stays.
 */
export function fitColumns<Row>(
  columns: readonly Column<Row>[],
  rows: readonly (readonly string[])[],
  { width, keepsAll }: { width: number; keepsAll: boolean },
  ruler: Ruler,
): SizedColumn<Row>[] {
  const natural = columns.map((column, index) => {
    const widest = rows.reduce((most, texts) => Math.max(most, ruler.width(texts[index] ?? '')), 0);
    return { column, width: Math.max(heading(column).length, Math.min(widest, column.max ?? MOST)) };
  });
  if (keepsAll) return narrow(natural, width);
  for (let count = columns.length; count > 1; count -= 1) {
    const narrowed = narrow(natural.slice(0, count), width);
    if (widthOf(narrowed) <= width) return narrowed;
  }
  return natural.slice(0, 1).map((first) => ({ ...first, width: Math.min(first.width, width) }));
}

/** Narrows the widest column above its `min` by one character until all fit or every column is at its `min`. */
function narrow<Row>(columns: readonly SizedColumn<Row>[], width: number): SizedColumn<Row>[] {
  const narrowed = columns.map((sized) => ({ ...sized }));
  for (let excess = widthOf(narrowed) - width; excess > 0; excess -= 1) {
    const able = narrowed.filter((sized) => sized.width > (sized.column.min ?? sized.width));
    if (able.length === 0) break;
    const widest = able.reduce((most, sized) => (sized.width > most.width ? sized : most));
    widest.width -= 1;
  }
  return narrowed;
}

function widthOf<Row>(columns: readonly SizedColumn<Row>[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP, -GAP);
}

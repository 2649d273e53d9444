import type { Ruler } from './text.js';
import type { Column } from './view.js';

/** A column as it will be drawn: its width is fixed before the first line is out. */
export interface SizedColumn<Row> {
  column: Column<Row>;
  width: number;
}

/** Spaces between two columns. */
export const GAP = 2;

/** The widest that a column gets unless it says otherwise. */
const MOST = 40;

export function heading<Row>({ name }: Column<Row>): string {
  return name.replace(/(?=[A-Z])/g, ' ').toUpperCase();
}

/**
 * The columns that fit into `width`, each as wide as these rows need it: narrowed as far as they allow, and from
 * the right left out, until they fit. One always stays; all do where `keepsAll`.
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
  return natural.slice(0, 1).map((sized) => ({ ...sized, width: Math.min(sized.width, width) }));
}

/** Takes columns from the widest that can spare some, until all fit or none can. */
function narrow<Row>(sizedColumns: readonly SizedColumn<Row>[], width: number): SizedColumn<Row>[] {
  const narrowed = sizedColumns.map((sized) => ({ ...sized }));
  for (let excess = widthOf(narrowed) - width; excess > 0; excess -= 1) {
    const able = narrowed.filter((sized) => sized.width > (sized.column.min ?? sized.width));
    if (able.length === 0) break;
    const widest = able.reduce((most, sized) => (sized.width > most.width ? sized : most));
    widest.width -= 1;
  }
  return narrowed;
}

function widthOf<Row>(sizedColumns: readonly SizedColumn<Row>[]): number {
  return sizedColumns.reduce((sum, sized) => sum + sized.width + GAP, -GAP);
}

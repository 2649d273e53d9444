import { timeTexts } from './humanize.js';
import { sanitize } from './sanitize.js';
import { asText, type Column } from './view.js';

/** Between the cells in the text of a row. No cell has one, because `sanitize` replaces control characters. */
export const BETWEEN = '\t';

/**
 * Returns what turns a row into the texts of its cells, as one text: a sorter can keep it.
 * @param now the moment that relative times refer to, in ms
 * @param timeText writes a time as `--time` says
 */
export function rowTexts<Row>(
  columns: readonly Column<Row>[],
  now: number,
  timeText: (moment: Date) => string = timeTexts('relative', now),
): (row: Row) => string {
  return (row) => {
    const cells = columns.map(({ cell, value }) =>
      sanitize(cell?.(row, now, timeText) ?? asText(value(row))),
    );
    return cells.join(BETWEEN);
  };
}

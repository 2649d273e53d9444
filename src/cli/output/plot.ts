import { BarScale } from './bar.js';
import { fitColumns, GAP } from './column-widths.js';
import { BETWEEN, rowTexts } from './row-text.js';
import type { Style } from './style.js';
import { tableText } from './table.js';
import { rulerFor } from './text.js';
import type { Column } from './view.js';

export interface PlotOptions {
  /** The greatest width of the table in characters; may be infinite. */
  width: number;
  /** The width to draw bars to. */
  columns: number;
  /** Whether bars may be of blocks, else they are of `#`. */
  unicode: boolean;
  style: Style;
  /** The moment that relative times refer to, in ms. */
  now: number;
}

/** A column of counts that is drawn as well. */
export interface PlottedColumn<Row> extends Column<Row> {
  /** The count; null for a row that has no bar, and does not count for the scale. */
  plotted?: (row: Row) => number | null;
}

/** The narrowest bars that show anything. */
const NARROWEST = 4;

/**
 * Yields a table with a bar beside each count that is plotted. Each plot has a scale of its own: its longest bar is its
 * largest count. On a terminal without room there are no bars.
 */
export async function* plotTexts<Row>(
  rows: readonly Row[],
  columns: readonly PlottedColumn<Row>[],
  options: PlotOptions,
): AsyncGenerator<string> {
  const width = await barWidth(rows, columns, options);
  const drawn = columns.flatMap((column) => [column, ...barColumn(column, rows, width, options)]);
  yield* tableText(rows.map(rowTexts(drawn, options.now)), drawn, { ...options, keepsAll: true });
}

/** The room that the other columns leave for each bar; 0 when it is too little. */
async function barWidth<Row>(
  rows: readonly Row[],
  columns: readonly PlottedColumn<Row>[],
  { columns: width, now }: PlotOptions,
): Promise<number> {
  const texts = rows.map(rowTexts(columns, now));
  const cells = texts.map((text) => text.split(BETWEEN));
  const sized = fitColumns(columns, cells, { width, keepsAll: true }, await rulerFor(texts));
  const taken = sized.reduce((sum, { width: own }) => sum + own + GAP, -GAP);
  const plots = columns.filter(({ plotted }) => plotted !== undefined).length;
  const room = Math.floor((width - taken) / plots) - GAP;
  return room < NARROWEST ? 0 : room;
}

function barColumn<Row>(
  { plotted }: PlottedColumn<Row>,
  rows: readonly Row[],
  width: number,
  { unicode }: PlotOptions,
): Column<Row>[] {
  if (plotted === undefined || width === 0) return [];
  const most = rows.reduce((largest, row) => Math.max(largest, plotted(row) ?? 0), 0);
  const scale = new BarScale(most, { width, unicode });
  const bar = (row: Row) => scale.bar(plotted(row) ?? 0);
  return [{ name: '', value: bar, paint: (_cell, style) => style.plot, max: width }];
}

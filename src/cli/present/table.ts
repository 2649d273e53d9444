import Table from 'cli-table3';
import type { Style } from './style.js';
import { clip, isolate, widthOf } from './text.js';
import { asText, type Column } from './view.js';
import { visible } from './visible.js';

export interface TableOptions {
  /** How wide the table may be. */
  width: number;
  now: number;
  style: Style;
}

/** A column as it will be drawn: its width is fixed before the first line is out. */
interface Track<Row> {
  column: Column<Row>;
  width: number;
}

/** Rows whose widths decide on the table's; so many are held in memory. */
const SAMPLE = 200;
const GAP = 2;

/**
 * A table of any length, drawn in pieces of a few hundred rows. Columns that do not fit are narrowed, then left
 * out from the right.
 */
export async function* tableText<Row>(
  rows: AsyncIterable<Row>,
  columns: readonly Column<Row>[],
  options: TableOptions,
): AsyncGenerator<string> {
  let tracks: Track<Row>[] | null = null;
  for await (const piece of pieces(rows, SAMPLE)) {
    const heading = tracks === null;
    tracks ??= fitTracks(columns, piece, options);
    yield draw(tracks, piece, heading, options);
  }
}

async function* pieces<Row>(rows: AsyncIterable<Row>, size: number): AsyncGenerator<Row[]> {
  let piece: Row[] = [];
  for await (const row of rows) {
    piece.push(row);
    if (piece.length < size) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

function fitTracks<Row>(
  columns: readonly Column<Row>[],
  sample: readonly Row[],
  { width, now }: TableOptions,
): Track<Row>[] {
  const natural = columns.map((column) => ({ column, width: naturalWidth(column, sample, now) }));
  for (let count = columns.length; count > 1; count -= 1) {
    const narrowed = narrow(natural.slice(0, count), width);
    if (narrowed !== null) return narrowed;
  }
  return natural.slice(0, 1).map((track) => ({ ...track, width: Math.min(track.width, width) }));
}

function naturalWidth<Row>(column: Column<Row>, sample: readonly Row[], now: number): number {
  const widest = sample.reduce((most, row) => Math.max(most, widthOf(cellText(column, row, now))), 0);
  return Math.max(heading(column).length, Math.min(widest, column.max ?? 40));
}

/** Takes columns from the widest that can spare some; null when that is not enough. */
function narrow<Row>(tracks: readonly Track<Row>[], width: number): Track<Row>[] | null {
  const narrowed = tracks.map((track) => ({ ...track }));
  let excess = narrowed.reduce((sum, track) => sum + track.width + GAP, -GAP) - width;
  for (; excess > 0; excess -= 1) {
    const able = narrowed.filter((track) => track.width > (track.column.min ?? track.width));
    if (able.length === 0) return null;
    const widest = able.reduce((most, track) => (track.width > most.width ? track : most));
    widest.width -= 1;
  }
  return narrowed;
}

/**
 * Lays out stand-ins of plain ASCII and puts the cells in their place afterwards: cli-table3 measures text by
 * an older Unicode than terminals do.
 */
function draw<Row>(
  tracks: readonly Track<Row>[],
  rows: readonly Row[],
  withHeading: boolean,
  { now, style }: TableOptions,
): string {
  const table = new Table({
    colWidths: tracks.map((track, index) => track.width + (index < tracks.length - 1 ? GAP : 0)),
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  const cells: string[] = [];
  const place = (track: Track<Row>, text: string, paint: (text: string) => string) => {
    cells.push(padded(clip(text, track.width), track, paint));
    return STAND_IN.repeat(track.width);
  };
  if (withHeading) table.push(tracks.map((track) => place(track, heading(track.column), style.bold)));
  for (const row of rows) {
    table.push(
      tracks.map((track) => {
        const paint = track.column.paint?.(row, style) ?? plain;
        return place(track, cellText(track.column, row, now), paint);
      }),
    );
  }
  let next = 0;
  const text = table.toString().replace(STAND_INS, () => cells[next++] ?? '');
  return `${text.replace(/ +$/gm, '')}\n`;
}

const STAND_IN = '#';
const STAND_INS = /#+/g;
const plain = (text: string): string => text;

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-${side}`])
    .concat('middle')
    .map((name) => [name, '']),
);

function padded<Row>(text: string, { column, width }: Track<Row>, paint: (text: string) => string): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  const shown = paint(isolate(text));
  return column.align === 'right' ? space + shown : shown + space;
}

function cellText<Row>(column: Column<Row>, row: Row, now: number): string {
  return visible(column.cell?.(row, now) ?? asText(column.value(row)));
}

function heading<Row>({ name }: Column<Row>): string {
  return name.replace(/(?=[A-Z])/g, ' ').toUpperCase();
}

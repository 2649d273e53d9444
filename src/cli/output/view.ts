import { UsageError } from '../../base/errors.js';
import type { Json } from '../../base/json.js';
import { isoText } from './iso.js';
import type { Style } from './style.js';

/** One field of a row: a named value for programs and a column for people. */
export interface Column<Row> {
  /** Never changes, because programs rely on it. */
  name: string;
  /** The value for programs. A `Date` is written as ISO 8601. */
  value: (row: Row) => Json | Date;
  /** The text in a table. Default: the value as text. `now` is in ms; `timeText` writes a time as `--time` says. */
  cell?: (row: Row, now: number, timeText: (moment: Date) => string) => string;
  /** The colour of a cell in a table, by its text. */
  paint?: (cell: string, style: Style) => (text: string) => string;
  align?: 'right';
  /** The smallest useful width in a table, in characters. Default: the column never shrinks. */
  min?: number;
  /** The greatest width in a table, in characters. Default 40. */
  max?: number;
}

/** The fields of rows. All formats read them from here. */
export interface View<Row> {
  columns: readonly Column<Row>[];
  /** The fields of a table for people. A table that is too wide drops the last fields first. */
  forPeople: readonly string[];
  /** The fields of a table with `--wide`. Default: all. */
  wide?: readonly string[];
  /** A field that only some rows have, such as `data.views`; null when the name is none. */
  more?: (name: string) => Column<Row> | null;
  /** What `--format ids` shows. */
  idOf: (row: Row) => string;
}

/** A view of rows whose fields are their values, such as reports. @param idOf default: no ids */
export function fieldView<Name extends string, Row extends Record<Name, Json | Date>>(
  names: readonly Name[],
  idOf: (row: Row) => string = () => '',
): View<Row> {
  return { columns: names.map((name) => ({ name, value: (row) => row[name] })), forPeople: names, idOf };
}

/**
 * Returns the columns that `--fields` names, in that order; without `--fields`, the columns of the format.
 * @throws UsageError that names the valid fields
 */
export function chooseColumns<Row>(
  view: View<Row>,
  fields: readonly string[] | undefined,
  { forPeople, wide = false }: { forPeople: boolean; wide?: boolean | undefined },
): Column<Row>[] {
  const all = view.columns.map(({ name }) => name);
  const usual = wide ? (view.wide ?? all) : view.forPeople;
  const names = fields ?? (forPeople ? usual : all);
  return names.map((name) => columnNamed(view, name));
}

/** @throws UsageError that names the valid fields */
export function columnNamed<Row>({ columns, more }: View<Row>, name: string): Column<Row> {
  const column = columns.find((candidate) => candidate.name === name) ?? more?.(name) ?? undefined;
  if (column !== undefined) return column;
  const valid = [...columns.map((candidate) => candidate.name), ...(more ? ['data.KEY'] : [])].join(', ');
  throw new UsageError(`there is no field '${name}': choose from ${valid}`);
}

/** A value as one line of text: null is empty, lists and objects are JSON. */
export function asText(value: Json | Date): string {
  if (value === null) return '';
  if (value instanceof Date) return isoText(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

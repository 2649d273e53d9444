import { UsageError } from '../../base/errors.js';
import type { Json } from '../../base/json.js';
import { isoText } from './iso.js';
import type { Style } from './style.js';

/** One field of a row, for programs under its name and for people as a column. */
export interface Column<Row> {
  /** Stable: programs rely on it. */
  name: string;
  /** What programs get: times as `Date`, for ISO 8601. */
  value: (row: Row) => Json | Date;
  /** What people get in a table. Default: the value as text. */
  cell?: (row: Row, now: number) => string;
  paint?: (row: Row, style: Style) => (text: string) => string;
  align?: 'right';
  /** The narrowest that is of use in a table. Default: as wide as needed. */
  min?: number;
  /** The widest in a table. Default 40. */
  max?: number;
}

/** The one model of rows that feeds every format. */
export interface View<Row> {
  columns: readonly Column<Row>[];
  /** The fields of a table for people, the dispensable last: where it is too wide, those go first. */
  forPeople: readonly string[];
  /** What `--format ids` shows. */
  idOf: (row: Row) => string;
}

/** The columns that `--fields` names, in its order; else those of the format. @throws UsageError naming the valid ones. */
export function chooseColumns<Row>(
  view: View<Row>,
  fields: readonly string[] | undefined,
  forPeople: boolean,
): Column<Row>[] {
  const names = fields ?? (forPeople ? view.forPeople : view.columns.map(({ name }) => name));
  return names.map((name) => columnNamed(view, name));
}

/** @throws UsageError naming the valid fields. */
export function columnNamed<Row>({ columns }: View<Row>, name: string): Column<Row> {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const valid = columns.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`there is no field '${name}': choose from ${valid}`);
}

/** A value in one line of text. Null is empty, structures are JSON. */
export function asText(value: Json | Date): string {
  if (value === null) return '';
  if (value instanceof Date) return isoText(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

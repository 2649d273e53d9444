/** One option: its default, and the check of a value that was given. The type parameter is the type of that value. */
export interface Option<Value, Default> {
  readonly default: Default;
  /** Throws a ConfigurationError that names the option and the remedy. Absent: the code that reads the value checks it. */
  readonly check: ((value: unknown, name: string) => void) | undefined;
  /** Never set: it keeps the type of the value. */
  readonly type?: Value;
}

/** The options that an application may give, all optional. Editors show the docstring of the row. */
export type Given<Rows> = { -readonly [Name in keyof Rows]?: ValueOf<Rows[Name]> };

/** The options with their defaults filled in. */
export type Complete<Rows> = { -readonly [Name in keyof Rows]: ValueOf<Rows[Name]> | DefaultOf<Rows[Name]> };

type ValueOf<Row> = Row extends Option<infer Value, unknown> ? Value : never;
type DefaultOf<Row> = Row extends Option<unknown, infer Default> ? Default : never;

/** An option that has a default value. */
export function option<Value>(
  defaultValue: Value,
  check?: Option<Value, Value>['check'],
): Option<Value, Value> {
  return { default: defaultValue, check };
}

/** An option that stays undefined when it is left out. */
export function optional<Value>(check?: Option<Value, undefined>['check']): Option<Value, undefined> {
  return { default: undefined, check };
}

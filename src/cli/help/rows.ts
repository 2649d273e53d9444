/** A thing that help explains in one sentence. */
export interface Row {
  term: string;
  meaning: string;
}

/** Rows under one heading, such as `Filters`. */
export interface Group {
  heading: string;
  rows: readonly Row[];
}

export function rowsOf(meanings: Readonly<Record<string, string>>): Row[] {
  return Object.entries(meanings).map(([term, meaning]) => ({ term, meaning }));
}

/** The formats of spec 7; `table` is for people, the others are for programs. */
export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'ids', 'count'] as const;

export type Format = (typeof FORMATS)[number];

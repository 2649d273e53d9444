import type { Format } from '../../output/formats.js';
import { rowsOf } from '../rows.js';
import type { TopicText } from '../topic.js';

const FORMATS = {
  table: 'for people: short ids, relative times, as wide as the terminal at most',
  json: 'one JSON document, [] when empty; --json is the same',
  ndjson: 'one JSON object a line',
  csv: 'a heading and one line a row (RFC 4180)',
  tsv: 'a heading and one line a row; tab, line break and backslash as \\t \\n \\r \\\\',
  ids: 'one whole id a line, for another command',
  count: 'the number alone',
  openmetrics: 'for Prometheus: stats alone',
} satisfies Record<Format, string>;

export const formatsTopic: TopicText = {
  intro: ['Results go to stdout, everything else to stderr.'],
  groups: [{ heading: 'Values of --format', rows: rowsOf(FORMATS) }],
  notes: [
    "Every format but table is for programs: whole ids, times in ISO 8601, names of fields that stay (see 'help fields'). --fields names the fields and their order.",
  ],
};

import { grouped } from './humanize.js';
import type { RowOutput } from './row-output.js';
import { sanitize } from './sanitize.js';

/** What a report comes to in the formats that do not show the report itself. */
interface InShort {
  /** The ids of the sessions that the command did, or would do with `--dry-run`. */
  done: Iterable<string>;
  /** How many these are. */
  count: number;
  /** For people. */
  sentences: Iterable<string>;
}

/**
 * Writes what a command did to many sessions: sentences for people, a table when `--fields` names columns, the report itself
 * for programs.
 */
export async function writeReport<Row>(
  output: RowOutput<Row>,
  report: Row,
  { done, count, sentences }: InShort,
): Promise<void> {
  if (output.format === 'ids') return output.writeLines(lines(done));
  if (output.format === 'count') return output.write(`${count}\n`);
  if (output.format === 'table' && !output.hasFields) return output.writeLines(lines(sentences));
  await output.writeSingle(report);
}

/** A part of a sentence that says how many there are of a kind; nothing for none. */
export function part(count: number, what: string): string[] {
  return count === 0 ? [] : [`${grouped(count)} ${what}`];
}

function* lines(texts: Iterable<string>): Generator<string> {
  for (const text of texts) yield `${sanitize(text)}\n`;
}

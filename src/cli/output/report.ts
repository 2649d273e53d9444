import type { ExpireReport, PurgeReport } from '../../session/admin/report.js';
import type { OutputStream } from '../context.js';
import { counted, grouped, shortBytes } from './humanize.js';
import { BARE } from './lines.js';
import { type RowsOptions, writeLines, writeRows } from './rows.js';
import type { View } from './view.js';

type Report = ExpireReport | PurgeReport;

export interface ReportOptions extends RowsOptions {
  /** The ids of the sessions that were, or would be, ended or removed. */
  done: Iterable<string>;
}

/** What the two commands call the sessions that they have dealt with. */
export type Counted = 'expired' | 'removed';

export interface Words {
  verb: string;
  past: string;
  counted: Counted;
}

/** Writes what `expire` or `purge` did: a sentence for people, unless fields are named; the report itself for programs. */
export async function writeReport(
  out: OutputStream,
  report: Report,
  words: Words,
  options: ReportOptions,
): Promise<void> {
  const view = reportView(words.counted);
  switch (options.format) {
    case 'table':
      if (options.fields === undefined) return out.write(`${sentence(report, words)}\n`);
      return writeRows(out, view, one(report), options);
    case 'json': // the one document is the report itself, no list of one
      return writeRows(out, view, one(report), { ...options, format: 'ndjson' });
    case 'ids':
      return writeLines(out, lines(options.done), BARE);
    case 'count':
      return out.write(`${doneOf(report)}\n`);
    default:
      return writeRows(out, view, one(report), options);
  }
}

function sentence(report: Report, { verb, past }: Words): string {
  const { matched, kept, failed, bytes, dryRun } = report;
  if (matched === 0) return 'Nothing to do: no session matches.';
  const opening = dryRun ? `Would ${verb}` : past;
  const parts = [`${opening} ${counted(doneOf(report), 'session')} (${shortBytes(bytes)})`];
  if (kept > 0) parts.push(`left ${grouped(kept)} as they were`);
  if (failed > 0) parts.push(`failed for ${grouped(failed)}`);
  return `${parts.join(', ')}.`;
}

function doneOf(report: Report): number {
  return 'expired' in report ? report.expired : report.removed;
}

/** The fields of a report, in the order of spec 7. */
export function reportView(counted: Counted): View<Report> {
  const column = (name: Exclude<keyof ExpireReport, Counted>) => ({
    name,
    value: (row: Report) => row[name],
  });
  const columns = [
    column('matched'),
    { name: counted, value: doneOf },
    column('kept'),
    column('failed'),
    column('bytes'),
    column('dryRun'),
  ];
  return { columns, forPeople: columns.map(({ name }) => name), idOf: () => '' };
}

function* lines(texts: Iterable<string>): Generator<string> {
  for (const text of texts) yield `${text}\n`;
}

async function* one<T>(row: T): AsyncGenerator<T> {
  yield row;
}

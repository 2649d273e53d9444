import type { ExpireReport, PurgeReport } from '../../session/admin.js';
import type { Output } from '../context.js';
import { counted, grouped, shortBytes } from './humane.js';
import { type RowsOptions, writeRows } from './rows.js';
import type { View } from './view.js';

type Report = ExpireReport | PurgeReport;

export interface ReportOptions extends RowsOptions {
  /** The ids of the sessions that were, or would be, ended or removed. */
  done: readonly string[];
}

/** Writes what `expire` or `purge` did: a sentence for people, the report itself for programs. */
export async function writeReport(
  out: Output,
  report: Report,
  words: { verb: string; past: string },
  options: ReportOptions,
): Promise<void> {
  switch (options.format) {
    case 'table':
      return out.write(`${sentence(report, words)}\n`);
    case 'json':
      return out.write(`${JSON.stringify(report)}\n`);
    case 'ids':
      return out.write(options.done.map((id) => `${id}\n`).join(''));
    case 'count':
      return out.write(`${doneOf(report)}\n`);
    default:
      return writeRows(out, viewOf(report), one(report), options);
  }
}

function sentence(report: Report, { verb, past }: { verb: string; past: string }): string {
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

/** @throws UsageError for a field that the report has not, through `--fields` */
function viewOf(report: Report): View<Report> {
  const names = Object.keys(report) as (keyof Report)[];
  return {
    columns: names.map((name) => ({ name, value: (row) => row[name] })),
    forPeople: names,
    idOf: () => '',
  };
}

async function* one<T>(row: T): AsyncGenerator<T> {
  yield row;
}

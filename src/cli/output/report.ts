import type { ExpireReport, PurgeReport } from '../../session/admin/report.js';
import { counted, grouped, shortBytes } from './humanize.js';
import type { RowOutput } from './row-output.js';
import type { View } from './view.js';

export type Report = ExpireReport | PurgeReport;

/** The words that differ between the sentences of `expire` and `purge`. */
export interface ActionWords {
  /** As in "this would end 3 active sessions". */
  verb: string;
  /** As in "Ended 3 sessions". */
  past: string;
  /** The field of the report that counts the ended or removed sessions. */
  doneField: 'expired' | 'removed';
}

/**
 * Writes the result of `expire` or `purge`: a sentence for people, a table when `--fields` names columns, the report
 * itself for programs.
 * @param done the ids of the sessions that the command ended or removed, or would with `--dry-run`
 */
export async function writeReport(
  output: RowOutput<Report>,
  report: Report,
  words: ActionWords,
  done: Iterable<string>,
): Promise<void> {
  if (output.format === 'ids') return output.writeLines(lines(done));
  if (output.format === 'count') return output.write(`${doneOf(report)}\n`);
  if (output.format === 'table' && !output.hasFields) return output.write(`${sentence(report, words)}\n`);
  await output.writeSingle(report);
}

function sentence(report: Report, { verb, past }: ActionWords): string {
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
export function reportView({ doneField }: ActionWords): View<Report> {
  const column = (name: Exclude<keyof ExpireReport, 'expired'>) => ({
    name,
    value: (report: Report) => report[name],
  });
  const columns = [
    column('matched'),
    { name: doneField, value: doneOf },
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

import type { ExpireReport, KeptBecause, PurgeReport } from '../../session/admin/report.js';
import { counted, shortBytes } from './humanize.js';
import { part } from './report-text.js';
import type { View } from './view.js';

export type Report = ExpireReport | PurgeReport;

/** How many sessions were kept, by cause. */
export type KeptCounts = Partial<Record<KeptBecause, number>>;

/** The words that differ between the sentences of `expire` and `purge`. */
export interface ActionWords {
  /** As in "this would end 3 active sessions". */
  verb: string;
  /** As in "Ended 3 sessions". */
  past: string;
  /** The field of the report that counts the ended or removed sessions. */
  doneField: 'expired' | 'removed';
}

/** The report in one sentence: what was done, and what was not, by cause. */
export function reportSentence(report: Report, { verb, past }: ActionWords, causes: KeptCounts): string {
  const { matched, kept, failed, bytes, dryRun } = report;
  if (matched === 0) return 'Nothing to do: no session matches.';
  const done = doneOf(report);
  const size = done === 0 ? '' : ` (${shortBytes(bytes)})`;
  const opening = `${dryRun ? `Would ${verb}` : past} ${counted(done, 'session')}${size}`;
  const explained = Object.values(causes).reduce((sum, count) => sum + count, 0);
  const rest = [
    ...KEPT.flatMap(([because, text]) => part(causes[because] ?? 0, text(causes[because] ?? 0))),
    ...part(Math.max(0, kept - explained), 'stayed as they were'),
    ...part(failed, 'failed'),
  ];
  return `${[opening, rest.join(', ')].filter((text) => text !== '').join('; ')}.`;
}

/** What is said of the sessions that a command left alone. */
const KEPT: readonly (readonly [KeptBecause, (count: number) => string])[] = [
  ['ended', () => 'had ended already'],
  ['expired', () => 'had expired already'],
  ['changed', () => 'changed meanwhile and did not match any more'],
  ['unreadable', (count) => (count === 1 ? 'is unreadable' : 'are unreadable')],
];

/** How many sessions were ended or removed. */
export function doneOf(report: Report): number {
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

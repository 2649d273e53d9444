import type { CopyReport } from '../../session/admin/report.js';
import type { ExportReport } from '../../session/admin/transfer/export.js';
import { COPY_COUNTS } from './copy-report.js';
import { counted, shortBytes } from './humanize.js';
import { part } from './report-text.js';
import { fieldView, type View } from './view.js';

const EXPORT_FIELDS = [
  'matched',
  'exported',
  'expired',
  'failed',
  'ended',
  'bytes',
] as const satisfies readonly (keyof ExportReport)[];

export const exportView: View<ExportReport> = fieldView(EXPORT_FIELDS);

export const importView: View<CopyReport> = fieldView([...COPY_COUNTS, 'dryRun']);

/** @param to the file; null for stdout */
export function exportSentence(report: ExportReport, to: string | null): string {
  const { exported, expired, failed, ended, bytes } = report;
  const parts = [
    `Exported ${counted(exported, 'session')} (${shortBytes(bytes)})${to === null ? '' : ` to ${to}`}`,
    ...part(ended, 'that ended within the last hour'),
    ...part(expired, 'expired and left out'),
    ...part(failed, 'unreadable and left out'),
  ];
  return `${parts.join(', ')}.`;
}

/** An import cannot see which secret signed the cookies of its sessions. */
const SECRET =
  "The secret is not in the file: browsers stay logged in only if this site has the secret of the other one (option 'secrets', or 'moin-sessions copy').";

/** @param to the address of the store */
export function importSentences(report: CopyReport, to: string): string[] {
  const { matched, copied, replaced, skipped, expired, failed, ended, verified, unverified, bytes, dryRun } =
    report;
  if (matched === 0 && ended === 0) return ['Nothing to do: the file holds no session.'];
  const parts = [
    `${dryRun ? 'Would import' : 'Imported'} ${counted(copied + replaced, 'session')} (${shortBytes(bytes)}) into ${to}`,
    ...part(replaced, 'in place of other records'),
    ...part(skipped, 'skipped: there already, or ended there'),
    ...part(expired, 'expired and left out'),
    ...part(failed, 'failed'),
  ];
  const checks = [
    `Checked: ${to} has ${counted(verified, 'session')} of the file`,
    ...part(unverified, 'failed'),
  ];
  return [
    `${parts.join(', ')}.`,
    ...(ended > 0 ? [`${dryRun ? 'Would end' : 'Ended'} ${counted(ended, 'session')} there.`] : []),
    ...(dryRun ? [] : [`${checks.join(', ')}.`]),
    ...(copied + replaced > 0 ? [SECRET] : []),
  ];
}

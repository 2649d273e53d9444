import type { CopyReport } from '../../session/admin/report.js';
import { counted, shortBytes } from './humanize.js';
import { part } from './report-text.js';
import { fieldView, type View } from './view.js';

/** What `copy` reports. */
export interface CopyResult extends CopyReport {
  /** Whether the secret of the store came along: `adopted`, `kept` if the target had it already, or null. */
  secret: 'adopted' | 'kept' | null;
}

/** The addresses of the two stores, and whether all that is not open in the one was to end in the other. */
export interface CopyPlaces {
  from: string;
  to: string;
  isMirror: boolean;
}

/** What any copy of sessions counts, an import too. */
export const COPY_COUNTS = [
  'matched',
  'copied',
  'replaced',
  'skipped',
  'expired',
  'failed',
  'ended',
  'verified',
  'unverified',
  'bytes',
] as const satisfies readonly (keyof CopyReport)[];

export const copyView: View<CopyResult> = fieldView([...COPY_COUNTS, 'secret', 'dryRun']);

export function* copySentences(result: CopyResult, { from, to, isMirror }: CopyPlaces): Generator<string> {
  const {
    matched,
    copied,
    replaced,
    skipped,
    expired,
    failed,
    ended,
    verified,
    unverified,
    bytes,
    secret,
    dryRun,
  } = result;
  if (matched === 0 && ended === 0 && unverified === 0) return yield 'Nothing to do: no session matches.';
  const verb = dryRun ? 'Would copy' : 'Copied';
  const parts = [
    `${verb} ${counted(copied + replaced, 'session')} (${shortBytes(bytes)}) to ${to}`,
    ...part(replaced, 'in place of other records'),
    ...part(skipped, 'skipped: there already, or ended there'),
    ...part(expired, 'expired and left behind'),
    ...part(failed, 'failed'),
  ];
  yield `${parts.join(', ')}.`;
  if (ended > 0)
    yield `${dryRun ? 'Would end' : 'Ended'} ${counted(ended, 'session')} there${isMirror ? ', not open' : ' that ended'} in ${from}.`;
  if (!dryRun) {
    const checks = [
      `Checked: ${to} has ${counted(verified, 'session')} of ${from}`,
      ...part(unverified, 'failed'),
    ];
    yield `${checks.join(', ')}.`;
  }
  if (secret === 'adopted')
    yield `${dryRun ? 'Would bring' : 'Brought'} the secret along: cookies open their sessions there, too.`;
}

import { PartialError, StoreError } from '../../base/errors.js';
import type { BulkReport } from '../../session/admin/report.js';
import { counted, grouped } from '../output/humanize.js';

/** The line on stderr for a session that failed. It names the session once. */
export function failureText(id: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes(id) ? message : `session ${id}: ${message}`;
}

/** @throws StoreError when every session failed; PartialError when some failed or some arguments were not found */
export function assertWhole({ matched, failed, unverified = 0 }: BulkReport, missing: number): void {
  if (failed > 0 && failed === matched && unverified === 0 && missing === 0)
    throw new StoreError(`${counted(failed, 'session')} failed, as said above`);
  const parts = [];
  if (failed > 0) parts.push(`${grouped(failed)} of ${counted(matched, 'session')} failed`);
  if (unverified > 0) parts.push(`${counted(unverified, 'session')} failed the comparison at the end`);
  if (missing > 0) parts.push(`${grouped(missing)} of what was named was not found`);
  if (parts.length > 0) throw new PartialError(`${parts.join(' and ')}, as said above`);
}

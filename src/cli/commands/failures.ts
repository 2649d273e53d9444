import { DeniedRecordError, PartialError, StoreError } from '../../base/errors.js';
import type { BulkReport } from '../../session/admin/report.js';
import type { SessionStore } from '../../store/contract.js';
import { gapsOf } from '../../store/gaps.js';
import type { CliContext } from '../context.js';
import { counted, grouped } from '../output/humanize.js';
import { note } from '../output/note.js';

/** The line on stderr for a session that failed. It names the session once. */
export function failureText(id: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes(id) ? message : `session ${id}: ${message}`;
}

/** How many lines are written for sessions that may not be read. */
const MOST_DENIED = 5;

/**
 * Says why a session failed, in a line for each; of those that may not be read only the first ones, and none where a line for all of
 * them follows, with their first ids (`tellingGaps`). @param source the store that the sessions are read from; null for a file
 */
export function failureNotes(
  context: CliContext,
  source: SessionStore | null,
): (id: string, error: unknown) => void {
  const gaps = source && gapsOf(source);
  let denied = 0;
  return (id, error) => {
    const isDenied = error instanceof DeniedRecordError || gaps?.has(id) === true;
    if (isDenied && gaps?.place === 'store' && gaps.has(id)) return;
    if (isDenied) denied += 1;
    if (!isDenied || denied <= MOST_DENIED) void note(context, failureText(id, error));
    else if (denied === MOST_DENIED + 1)
      void note(context, 'more sessions may not be read: they are only counted from here on');
  };
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

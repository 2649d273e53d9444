import type { UnlistedSessions } from '../../session/admin/user-entries.js';
import type { CliContext } from '../context.js';
import { counted } from '../output/humanize.js';
import { note } from '../output/note.js';

/** Says that the store's lists of users lack sessions: requests, and what the application asks for, would miss them. */
export async function noteUnlisted(
  context: Pick<CliContext, 'err'>,
  unlisted: UnlistedSessions,
): Promise<void> {
  const found = counted(unlisted.count, 'session');
  await note(
    context,
    `the store's lists of users are incomplete, and all records were read: ${found} stood in none. 'moin-sessions check --fix' mends the lists`,
  );
}

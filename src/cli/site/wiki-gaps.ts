import { PartialError, StoreError } from '../../base/errors.js';
import type { MoinStore } from '../../moin/store.js';
import type { CliContext } from '../context.js';
import { counted, grouped } from '../output/humanize.js';
import { note } from '../output/note.js';

const NO_USERS =
  "the folder of the wiki's users is not there, so ids stand for their names: give it with --wiki-config user_dir=PATH";

/** What a command has to see of a wiki. */
export interface Sight {
  /** Whether a session that cannot be looked at is one that was not done. */
  needsAll: boolean;
  /** Whether users are named. */
  isByUser: boolean;
}

/**
 * Does the work, and says what of the wiki it could not see.
 * @param sight null for a command that looks at named sessions alone
 * @throws PartialError when sessions that the command was to find may be among what it could not see; StoreError when it saw none
 */
export async function tellingGaps<T>(
  context: CliContext,
  store: MoinStore,
  { sight, quiet = false }: { sight: Sight | null; quiet?: boolean | undefined },
  work: () => Promise<T>,
): Promise<T> {
  let isDone = false;
  try {
    const result = await work();
    isDone = true;
    return result;
  } finally {
    const notSeen = notSeenIn(store);
    if (isDone && sight !== null) assertSeen(store, sight, notSeen);
    if (notSeen !== null && !quiet) await note(context, notSeen);
    if (isDone && sight !== null && store.users === null && !quiet) await note(context, NO_USERS);
  }
}

function assertSeen(store: MoinStore, { needsAll, isByUser }: Sight, notSeen: string | null): void {
  const { denied, of, unknown } = store.gaps;
  if (needsAll && notSeen !== null)
    throw denied > 0 && denied === of ? new StoreError(notSeen) : new PartialError(notSeen);
  if (isByUser && unknown > 0)
    throw new PartialError(
      `the owners of ${counted(unknown, 'login')} are not known, so logins of the named user may be among them: give the wiki's setting user_dir with --wiki-config user_dir=DIR`,
    );
}

/** @param of how many were looked at; a look for one user's does not count the others */
function filesNotSeen(denied: number, of: number): string {
  return of >= denied
    ? `${grouped(denied)} of ${counted(of, 'session file')}`
    : counted(denied, 'session file');
}

/** That files cannot be read for want of rights, in a sentence; null without any. */
function notSeenIn(store: MoinStore): string | null {
  const { denied, of, secrets } = store.gaps;
  const parts = [
    ...(denied > 0 ? [filesNotSeen(denied, of)] : []),
    ...(secrets > 0 ? [counted(secrets, 'file of secrets', 'files of secrets')] : []),
  ];
  if (parts.length === 0) return null;
  return `${parts.join(' and ')} of the wiki cannot be read, so nothing is known of what is in ${denied + secrets === 1 ? 'it' : 'them'}: permission denied; run this as the user who owns the wiki, or as root`;
}

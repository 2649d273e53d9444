import { MoinSessionsError, NotFoundError, PartialError, StoreError } from '../../base/errors.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import type { SessionStore } from '../../store/contract.js';
import { FOREIGN_REMEDY, type Gap, gapsOf, type StoreGaps } from '../../store/gaps.js';
import type { CliContext } from '../context.js';
import { counted, grouped } from '../output/humanize.js';
import { note } from '../output/note.js';

const NO_USERS =
  "the folder of the wiki's users is not there, so ids stand for their names: give it with --wiki-config user_dir=PATH";

/** What a command has to see of a store. */
export interface Sight {
  /** Whether a session that cannot be looked at is one that was not done. */
  needsAll: boolean;
  /** Whether users are named. */
  isByUser: boolean;
  /** Whether sessions are to end by nothing else than whose they are. Default false. */
  endsUsers?: boolean;
  /** Whether the command does more than to look at sessions, so that it has done something in any case. Default false. */
  doesMore?: boolean;
}

/**
 * Does the work, and says what of the store could not be read for want of rights, and of a wiki, whose sessions are not known.
 * @param sight null for a command that looks at named sessions alone
 * @throws PartialError when sessions that the command was to find may be among what it could not see; StoreError when it saw none
 */
export async function tellingGaps<T>(
  context: CliContext,
  store: SessionStore,
  { sight, quiet = false }: { sight: Sight | null; quiet?: boolean | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const gaps = gapsOf(store);
  assertOpen(store);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await noteBeside(context, gaps, error, { sight, quiet });
    throw error;
  }
  if (gaps !== null) {
    assertSeen(gaps, sight);
    await noteGaps(context, gaps, quiet);
  }
  if (sight !== null && isMoinStore(store)) {
    if (sight.isByUser) assertOwners(store.unknownOwners);
    if (store.users === null && !quiet) await note(context, NO_USERS);
  }
  return result;
}

/**
 * Begins to keep what may not be read, and refuses a store that lets nobody in: else the work would first say that there is nothing.
 * @throws StoreError that names the folder
 */
export function assertOpen(store: SessionStore): void {
  const gaps = gapsOf(store);
  gaps?.watch();
  const closed = gaps?.isClosed ? notSeenIn(gaps) : null;
  if (closed !== null) throw new StoreError(closed);
}

/**
 * Says beside an error what could not be read. That counts as an error, too, for a command that needs all.
 * @throws StoreError in place of a NotFoundError, where what was not found may be among it
 */
async function noteBeside(
  context: CliContext,
  gaps: StoreGaps | null,
  error: unknown,
  { sight, quiet }: { sight: Sight | null; quiet: boolean },
): Promise<void> {
  const notSeen = gaps && notSeenIn(gaps);
  if (notSeen === null || !(error instanceof MoinSessionsError)) return;
  const needsAll = sight === null || sight.needsAll;
  if (needsAll && error instanceof NotFoundError)
    throw new StoreError(`${error.message}; but ${notSeen}`, { cause: error });
  if (sight?.needsAll || !quiet) await note(context, notSeen);
}

async function noteGaps(context: CliContext, gaps: StoreGaps, quiet: boolean): Promise<void> {
  if (quiet) return;
  const { length } = gaps.removed;
  if (length > 0)
    await note(
      context,
      `${counted(length, 'session')} could not be read for want of rights and went unread, as named: whose ${length === 1 ? 'it was' : 'they were'} is not known`,
    );
  const notSeen = notSeenIn(gaps);
  if (notSeen !== null) await note(context, notSeen);
}

function assertSeen(gaps: StoreGaps, sight: Sight | null): void {
  if (sight === null) return;
  const { needsAll, doesMore = false, endsUsers } = sight;
  const notSeen = notSeenIn(gaps, endsUsers);
  if (notSeen === null) return;
  if (gaps.isClosed || (needsAll && gaps.isTotal && !doesMore)) throw new StoreError(notSeen);
  if (needsAll) throw new PartialError(notSeen);
}

function assertOwners(unknown: number): void {
  if (unknown === 0) return;
  throw new PartialError(
    `the owners of ${counted(unknown, 'login')} are not known, so logins of the named user may be among them: give the wiki's setting user_dir with --wiki-config user_dir=DIR`,
  );
}

/** What cannot be read for want of rights, in a sentence; null if all can be. @param ofUser as for `StoreGaps.list` */
function notSeenIn(gaps: StoreGaps, ofUser = false): string | null {
  const found = gaps.list(ofUser);
  if (found.length === 0) return null;
  const { place, ownership, isForeign } = gaps;
  const count = found.reduce((sum, one) => sum + one.count, 0);
  const what = found.map(gapText).join(' and ');
  const whose = ownership === '' ? '' : `${count === 1 ? 'it' : 'the first one'} ${ownership}; `;
  const unknown = `of the ${place} cannot be read, so nothing is known of what is in ${count === 1 ? 'it' : 'them'}`;
  if (isForeign) return `${what} ${unknown}: ${whose}${FOREIGN_REMEDY}`;
  const mend = place === 'store' ? ", or mend owner and mode as 'moin-sessions check' says" : '';
  return `${what} ${unknown}: permission denied; ${whose}run this as the user who owns the ${place}, or as root${mend}`;
}

function gapText({ count, of, one, many, examples }: Gap): string {
  const number = of === null ? counted(count, one, many) : `${grouped(count)} of ${counted(of, one, many)}`;
  if (examples.length === 0) return number;
  return `${number} (${examples.join(', ')}${examples.length < count ? ', …' : ''})`;
}

import { DeniedRecordError, MoinSessionsError, PartialError } from '../../../base/errors.js';
import { SessionAdmin } from '../../../session/admin/admin.js';
import { StoppedError, UnfinishedError } from '../../../session/admin/bulk.js';
import type { SessionInfo } from '../../../session/admin/info.js';
import type { DirectoryUser } from '../../../users/directory.js';
import { Census } from '../../output/census.js';
import { counted } from '../../output/humanize.js';
import type { OpenSite } from '../../site/site.js';
import type { UserChange } from './user-change.js';

/** The sessions of users that are not over. @param site null: they are to stay, so none is counted */
export async function censusOf(site: OpenSite | null, users: readonly DirectoryUser[]): Promise<Census> {
  const census = new Census();
  for await (const session of livingSessions(site, users)) census.add(session);
  return census;
}

async function* livingSessions(
  site: OpenSite | null,
  users: readonly DirectoryUser[],
): AsyncGenerator<SessionInfo> {
  if (site === null || users.length === 0) return;
  for await (const session of site.lookup.list({ userId: users.map(({ id }) => id) }))
    if (session.state !== 'expired' && session.state !== 'unreadable') yield session;
}

/** How many sessions of each user, by user id, are not over. One look at the store for all of them. */
export async function countsOf(
  site: OpenSite | null,
  users: readonly DirectoryUser[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Counts();
  for await (const { userId } of livingSessions(site, users)) counts.add(userId);
  return counts;
}

/** What came of the sessions of a user. */
export interface Ends {
  ended: number;
  /** How many could not be ended; unknown where the look for them failed. */
  left: number;
  /** Why not all were; null if all were. */
  failure: PartialError | null;
}

/**
 * Ends all sessions of these users, with one look at the store for all of them.
 * @param site null: they are to stay
 * @returns what came of it, by user id
 */
export async function endSessionsOf(
  site: OpenSite | null,
  users: readonly DirectoryUser[],
  change: Pick<UserChange, 'reason' | 'endsFirst'>,
): Promise<ReadonlyMap<string, Ends>> {
  const ended = new Counts(users.map(({ id }) => [id, 0]));
  if (site === null) return allEnded(ended);
  const admin = new SessionAdmin(site);
  if (users.length > 1 && (await areEndedTogether(admin, users, change, ended))) return allEnded(ended);
  const ends = new Map<string, Ends>();
  for (const [id, before] of ended) ends.set(id, await endsOf(admin, id, change, before));
  return ends;
}

/** Ends the sessions of all of them. False when something failed: nobody knows then whose sessions are left. */
async function areEndedTogether(
  admin: SessionAdmin,
  users: readonly DirectoryUser[],
  { reason }: Pick<UserChange, 'reason'>,
  ended: Counts,
): Promise<boolean> {
  const onSession = ({ userId }: SessionInfo) => ended.add(userId);
  try {
    await admin.expire({ userId: users.map(({ id }) => id) }, { by: 'administrator', reason, onSession });
    return true;
  } catch (error) {
    if (!(error instanceof MoinSessionsError)) throw error;
    return false;
  }
}

function allEnded(counts: Counts): Map<string, Ends> {
  return new Map([...counts].map(([id, ended]) => [id, { ended, left: 0, failure: null }]));
}

/** Ends the sessions of one user. @param before how many have been ended already */
async function endsOf(
  admin: SessionAdmin,
  id: string,
  { reason, endsFirst = false }: Pick<UserChange, 'reason' | 'endsFirst'>,
  before: number,
): Promise<Ends> {
  try {
    const { expired } = await admin.endUser(id, { by: 'administrator', reason });
    return { ended: before + expired, left: 0, failure: null };
  } catch (error) {
    if (!(error instanceof MoinSessionsError)) throw error;
    const state = endsFirst ? 'nothing was changed, for' : 'the change is made, but';
    const { expired = 0, failed = 0 } = reportOf(error);
    const failure = new PartialError(
      `${state} not all sessions could be ended (${reasonOf(error)}): 'moin-sessions expire --user-id ${id}' tries again`,
      { cause: error },
    );
    return { ended: before + expired, left: failed, failure };
  }
}

function reportOf(error: MoinSessionsError): { expired?: number; failed?: number } {
  return error instanceof UnfinishedError || error instanceof StoppedError ? error.report : {};
}

/** Of sessions that may not be read, a line at the end says whose they are, and what to do (`tellingGaps`). */
function reasonOf(error: MoinSessionsError): string {
  if (!(error.cause instanceof DeniedRecordError)) return error.message;
  return `${counted(reportOf(error).failed ?? 1, 'session')} may not be read, as said below`;
}

class Counts extends Map<string, number> {
  add(id: string | null): void {
    if (id !== null) this.set(id, (this.get(id) ?? 0) + 1);
  }
}

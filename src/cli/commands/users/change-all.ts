import { MoinSessionsError } from '../../../base/errors.js';
import type { DirectoryUser } from '../../../users/directory.js';
import { counted } from '../../output/humanize.js';
import type { UserAndSessions } from '../../output/users.js';
import type { OpenSite } from '../../site/site.js';
import { meantBy, type UserChange, whyDone } from './user-change.js';
import { countsOf, endSessionsOf } from './user-sessions.js';

export interface Changed extends UserAndSessions {
  sentence: string;
  /** Why not all sessions ended; null if all did. */
  failure: MoinSessionsError | null;
}

/** A user, and what came of it, or why it failed. */
export type Outcome = readonly [DirectoryUser, Changed | MoinSessionsError];

/** Says what `changeAll` would do. @param site null: the sessions are to stay */
export async function planAll(
  change: UserChange,
  users: readonly DirectoryUser[],
  site: OpenSite | null,
): Promise<Changed[]> {
  const counts = await countsOf(site, meantBy(change, users));
  return users.map((user) => {
    const total = counts.get(user.id) ?? 0;
    const ends = site === null ? change.kept : andSessions('end', { ended: total }, change);
    return leftAlone(change, user) ?? result(user, total, `Would ${change.verb} ${user.name}${ends}`);
  });
}

/**
 * Changes the users and ends their sessions, in the order that the change asks for. The sessions of all of them end together,
 * because each look for them may read the whole store.
 * @param site null: the sessions are to stay
 */
export async function changeAll(
  change: UserChange,
  users: readonly DirectoryUser[],
  { perform, site }: { perform: (user: DirectoryUser) => Promise<DirectoryUser>; site: OpenSite | null },
): Promise<Outcome[]> {
  const changes = new Map<string, DirectoryUser | MoinSessionsError>();
  const performEach = async (those: readonly DirectoryUser[]) => {
    for (const user of those) changes.set(user.id, await orFailure(perform(user)));
  };
  const meant = meantBy(change, users);
  if (!change.endsFirst) await performEach(meant);
  const changed = meant.filter(({ id }) => !(changes.get(id) instanceof MoinSessionsError));
  const ends = await endSessionsOf(site, changed, change);
  if (change.endsFirst) await performEach(changed.filter(({ id }) => !ends.get(id)?.failure));
  return users.map((user) => {
    const now = changes.get(user.id) ?? user;
    const { ended, left, failure } = ends.get(user.id) ?? { ended: 0, left: 0, failure: null };
    if (now instanceof MoinSessionsError) return [user, now];
    if (failure !== null && change.endsFirst) return [user, failure];
    const rest = site === null ? change.kept : andSessions('ended', { ended, left }, change);
    const sentence = `${change.past} ${now.name}${rest}`;
    return [user, leftAlone(change, user) ?? { ...result(now, ended, sentence), failure }];
  });
}

/** The end of a sentence. What ends before the change is seldom there, so where there is none, none is mentioned. */
function andSessions(
  verb: 'end' | 'ended',
  { ended, left = 0 }: { ended: number; left?: number },
  { endsFirst }: UserChange,
): string {
  if (ended + left === 0 && endsFirst) return '.';
  const count = left === 0 ? counted(ended, 'session') : `${ended} of ${counted(ended + left, 'session')}`;
  return `, and ${verb} ${count}.`;
}

function leftAlone(change: UserChange, user: DirectoryUser): Changed | null {
  const done = whyDone(change, user);
  return done === null ? null : result(user, 0, `${user.name} ${done}.`);
}

function result(user: DirectoryUser, sessionsEnded: number, sentence: string): Changed {
  return { user, sessionsEnded, sentence, failure: null };
}

async function orFailure<T>(work: Promise<T>): Promise<T | MoinSessionsError> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof MoinSessionsError)) throw error;
    return error;
  }
}

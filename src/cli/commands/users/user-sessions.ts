import { MoinSessionsError, PartialError } from '../../../base/errors.js';
import { SessionAdmin } from '../../../session/admin/admin.js';
import type { DirectoryUser } from '../../../users/directory.js';
import { Census } from '../../output/census.js';
import type { OpenSite } from '../../site/site.js';

/** The sessions of users that are not over. @param site null: they are to stay, so none is counted */
export async function censusOf(site: OpenSite | null, users: readonly DirectoryUser[]): Promise<Census> {
  const census = new Census();
  if (site === null || users.length === 0) return census;
  const sessions = site.lookup.list({ userId: users.map(({ id }) => id) });
  for await (const session of sessions)
    if (session.state !== 'expired' && session.state !== 'unreadable') census.add(session);
  return census;
}

/**
 * Ends all sessions of a user. Returns how many.
 * @param site null: they are to stay
 * @throws PartialError that says how to end the rest
 */
export async function endSessionsOf(
  site: OpenSite | null,
  { id }: DirectoryUser,
  { reason, endsFirst = false }: { reason: string; endsFirst?: boolean },
): Promise<number> {
  if (site === null) return 0;
  try {
    const report = await new SessionAdmin(site).endUser(id, { by: 'administrator', reason });
    return report.expired;
  } catch (error) {
    if (!(error instanceof MoinSessionsError)) throw error;
    const before = endsFirst ? 'nothing was changed, for' : 'the change is made, but';
    throw new PartialError(
      `${before} not all sessions could be ended (${error.message}): 'moin-sessions expire --user-id ${id}' tries again`,
      { cause: error },
    );
  }
}

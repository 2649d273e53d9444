import type { TokenCarrier } from '../../../session/cookie/token-carrier.js';
import type { LoginPlan, Predecessor } from '../../../session/request/predecessor.js';
import type { AuthUser, ChainSite } from '../../method.js';
import { preferred, type Standing } from './classify.js';
import { type Outcome, ownerOf } from './outcome.js';

interface LoginOptions {
  remember: boolean;
  /** Keys whose values the new session does not get. */
  leave: readonly string[];
  /** Where the token goes. Default: the cookie. */
  carrier?: TokenCarrier;
}

/**
 * S4: always a new token.
 * @param standings of what the client sent, as the user who logs in may use it
 * @returns null when the user may have no more sessions (S9, `onLimit: 'deny'`)
 */
export async function logIn(
  user: AuthUser,
  { remember, leave, carrier }: LoginOptions,
  standings: readonly Standing[],
  { context }: Pick<ChainSite, 'context'>,
): Promise<Required<Outcome> | null> {
  const plan = planOf(standings);
  const { predecessor, ended } = plan;
  const moved = predecessor.status === 'open' ? predecessor.record : null;
  if (await context.manager.limit.denies(user.id, moved?.id, context.origin)) return null;
  const session = context.noteLogin(ownerOf(user), remember, plan, leave, carrier);
  const text = `${user.name} logs in, by ${user.method}, with a new token${describePredecessor(plan)}`;
  const effects = [`create session ${session.id}`];
  if (moved !== null) effects.push(`move the data of session ${moved.id}, which is removed`);
  for (const id of ended) effects.push(`end session ${id}`);
  return { session, user, reason: 'login', text, effects };
}

function describePredecessor({ predecessor, ended }: LoginPlan): string {
  const texts = ended.map(() => '; the session under the old token is not handed over, and ends');
  if (predecessor.status === 'open')
    texts.push(
      `; the data of ${predecessor.owner === null ? 'the visitor' : 'the session before'} move along`,
    );
  return texts.join('');
}

/**
 * S4: the data of a visitor's session, or of the user's own, move to the new session. Another user's session ends, and so
 * does a refused one. A session that is over already stays as it is.
 */
export function planOf(standings: readonly Standing[]): LoginPlan {
  const ended = standings.flatMap((standing) =>
    standing.status === 'foreign' || standing.status === 'refused' ? [standing.record.id] : [],
  );
  return { predecessor: predecessorOf(preferred(standings)), ended };
}

function predecessorOf(found: Standing | null): Predecessor {
  switch (found?.status) {
    case 'open':
      return found;
    case 'unused':
      return { status: 'unused', cookie: found.cookie };
    default:
      return { status: 'none' };
  }
}

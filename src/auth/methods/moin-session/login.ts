import type { Predecessor } from '../../../session/request/context.js';
import type { AuthSite, AuthUser } from '../../method.js';
import { preferred, type Standing } from './classify.js';
import { type Outcome, ownerOf } from './outcome.js';

/** S4: always a new token. Null when the user may have no more sessions (S9, `onLimit: 'deny'`). */
export async function logIn(
  user: AuthUser,
  { remember, leave }: { remember: boolean; leave: readonly string[] },
  standings: readonly Standing[],
  { context }: AuthSite,
): Promise<Outcome | null> {
  const before = predecessor(standings);
  const moved = before.from?.record ?? null;
  if (await context.manager.limit.denies(user.id, moved?.id)) return null;
  const session = context.login(ownerOf(user), remember, before, leave);
  const text = `${user.name} logs in, by ${user.method}, with a new token${whatBecomesOf(before)}`;
  const effects = ['set a user cookie with a new token', `create session ${session.id}`];
  if (moved !== null) effects.push(`move the data of session ${moved.id}, which goes`);
  for (const id of before.ended) effects.push(`end session ${id}`);
  return { session, user, reason: 'login', text, effects };
}

function whatBecomesOf({ from, ended }: Predecessor): string {
  const texts = ended.map(() => '; the session under the old cookie is not handed over, and ends');
  if (from !== null && from.record !== null)
    texts.push(`; the data of ${from.owner === null ? 'the visitor' : 'the session before'} move along`);
  return texts.join('');
}

/** S4: an anonymous session and the user's own move along; another user's ends, and so does one that is refused. What is over already is left alone. */
function predecessor(standings: readonly Standing[]): Predecessor {
  const ended = standings.flatMap((standing) =>
    standing.status === 'foreign' || standing.status === 'refused' ? [standing.record.id] : [],
  );
  const found = preferred(standings);
  switch (found?.status) {
    case 'open':
      return { from: found, ended };
    case 'unused':
      return { from: { cookie: found.cookie, owner: null, record: null }, ended };
    default:
      return { from: null, ended };
  }
}

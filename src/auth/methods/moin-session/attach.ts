import type { SessionContext } from '../../../session/request/context.js';
import { SETUID } from '../../../session/session.js';
import type { AuthUser, Known } from '../../method.js';
import type { Standing } from './classify.js';
import {
  leaveClosed,
  type Outcome,
  ownerOf,
  REFUSAL,
  refuseQuietly,
  restored,
  startOver,
  unusable,
  values,
} from './outcome.js';

/** S7: an earlier method established a user, so the cookie only finds their session. S10: it never opens another user's. */
export function attach(
  found: Standing | null,
  user: AuthUser,
  known: Known,
  context: SessionContext,
): Outcome {
  const owner = ownerOf(user);
  if (found === null) {
    const { effects: _, ...outcome } = unusable(context.cookie, context);
    context.issueToken(owner);
    return { ...outcome, user, effects: ['set an anon cookie with a new token'] };
  }
  const { cookie } = found;
  switch (found.status) {
    case 'switched-off':
    case 'unused': {
      const text = `${user.name} sends the cookie back and has stored nothing yet; the first value makes a record`;
      return { session: context.open(cookie, owner, null), user, reason: 'anonymous-new', text };
    }
    case 'replaced':
      return refuseQuietly(context, user, cookie, found.why);
    case 'foreign':
      if (known.login) return leaveClosed(context, user, found.why);
      return startOver(context, user, 'refused-other-user', found.why);
    case 'open': {
      if (found.owner !== null) return restored(context, owner, found);
      const text = `the visitor's session with ${values(found.record)} becomes that of ${user.name}`;
      const session = context.open(cookie, owner, found.record);
      // Only a superuser may change user: drop a value that a visitor put under this key.
      session.delete(SETUID);
      return { session, user, reason: 'anonymous-restored', text };
    }
    case 'gone': {
      const reason = cookie.kind === 'anon' ? 'anonymous-new' : 'refused-unknown';
      return startOver(context, user, reason, found.why);
    }
    default:
      return startOver(context, user, REFUSAL[found.status], found.why);
  }
}

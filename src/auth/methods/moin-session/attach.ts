import type { SessionContext } from '../../../session/request/context.js';
import type { AuthUser, Known } from '../../method.js';
import type { Standing } from './classify.js';
import { opened, unused } from './opened.js';
import {
  leaveClosed,
  type Outcome,
  ownerOf,
  REFUSAL,
  refuseQuietly,
  startOver,
  unusable,
} from './outcome.js';

/** S7: an earlier method established a user, so the cookie only finds their session. S10: it never opens another user's. */
export function attach(
  found: Standing | null,
  user: AuthUser,
  known: Known,
  context: SessionContext,
): Outcome {
  if (found === null) {
    const { effects: _, ...outcome } = unusable(context.cookie, context);
    context.issueToken(ownerOf(user));
    return { ...outcome, user, effects: ['set an anon cookie with a new token'] };
  }
  const { cookie } = found;
  switch (found.status) {
    case 'unused':
      return unused(cookie, user, context);
    case 'replaced':
      return refuseQuietly(context, user, cookie, found.why);
    case 'foreign':
      if (known.login) return leaveClosed(context, user, found.why);
      return startOver(context, user, REFUSAL.foreign, found.why);
    case 'open':
      return opened(found, user, context);
    case 'gone': {
      const reason = cookie.kind === 'anon' ? 'anonymous-new' : REFUSAL.gone;
      return startOver(context, user, reason, found.why);
    }
    default:
      return startOver(context, user, REFUSAL[found.status], found.why);
  }
}

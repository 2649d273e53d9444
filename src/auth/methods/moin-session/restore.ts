import type { GoodCookie } from '../../../session/cookie/signer.js';
import type { SessionContext } from '../../../session/request/context.js';
import type { Known } from '../../method.js';
import type { Standing } from './classify.js';
import * as explain from './explain.js';
import { opened, unused } from './opened.js';
import { leaveClosed, type Outcome, REFUSAL, refuseQuietly, startOver } from './outcome.js';

/** S1 to S3: no method established a user, so the cookie decides. S5: after a veto or a failed login nothing changes. */
export function restore(found: Standing, known: Known, context: SessionContext): Outcome {
  const { cookie } = found;
  switch (found.status) {
    case 'switched-off': {
      const session = context.unavailable();
      return { session, user: null, reason: 'anonymous-new', text: found.why };
    }
    case 'unused':
      return unused(cookie, null, context);
    case 'replaced':
      return refuseQuietly(context, null, cookie, found.why);
    case 'foreign':
      if (known.vetoed) return leaveClosed(context, null, explain.VETOED);
      if (known.login) return leaveClosed(context, null, found.why);
      return startOver(context, null, REFUSAL.foreign, found.why);
    case 'open':
      if (found.owner !== null && known.vetoed) return leaveClosed(context, null, explain.VETOED);
      return opened(found, null, context);
    default:
      if (cookie.kind === 'anon') return startOver(context, null, 'anonymous-new', found.why);
      return refuse(context, cookie, REFUSAL[found.status], found.why);
  }
}

/** S3: no user and no session; deletes the cookie. */
function refuse(context: SessionContext, { id }: GoodCookie, reason: string, text: string): Outcome {
  context.manager.emit('refused', { id, reason });
  context.deleteCookie();
  return { session: context.unavailable(), user: null, reason, text, effects: ['delete the cookie'] };
}

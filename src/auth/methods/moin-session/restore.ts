import type { GoodCookie } from '../../../session/cookie/signer.js';
import type { SessionContext } from '../../../session/request/context.js';
import type { Known } from '../../method.js';
import type { Standing } from './classify.js';
import * as explain from './explain.js';
import { leaveClosed, type Outcome, REFUSAL, refuseQuietly, restored, startOver, values } from './outcome.js';

/** S1 to S3: no method established a user, so the cookie decides. S5: after a veto or a failed login nothing changes. */
export function restore(found: Standing, known: Known, context: SessionContext): Outcome {
  const { cookie } = found;
  switch (found.status) {
    case 'switched-off':
      return {
        session: context.unavailable(),
        user: null,
        reason: 'anonymous-new',
        text: explain.SWITCHED_OFF,
      };
    case 'unused': {
      const text =
        'the visitor sends the cookie back and has stored nothing yet; the first value makes a record';
      return { session: context.open(cookie, null, null), user: null, reason: 'anonymous-new', text };
    }
    case 'replaced':
      return refuseQuietly(context, null, cookie, found.why);
    case 'foreign':
      if (known.vetoed) return leaveClosed(context, null, explain.VETOED);
      if (known.login) return leaveClosed(context, null, found.why);
      return startOver(context, null, 'refused-other-user', found.why);
    case 'open':
      if (found.owner === null) return restoreVisitor(found, context);
      return known.vetoed
        ? leaveClosed(context, null, explain.VETOED)
        : restored(context, found.owner, found);
    default:
      if (cookie.kind === 'anon') return startOver(context, null, 'anonymous-new', found.why);
      return refuse(context, cookie, REFUSAL[found.status], found.why);
  }
}

/** S2: opens a visitor's session. */
function restoreVisitor(
  { cookie, record }: Extract<Standing, { status: 'open' }>,
  context: SessionContext,
): Outcome {
  context.manager.emit('restored', { id: record.id, kind: record.kind });
  const text = `anonymous session with ${values(record)}`;
  return { session: context.open(cookie, null, record), user: null, reason: 'anonymous-restored', text };
}

/** S3: no user and no session; deletes the cookie. */
function refuse(context: SessionContext, { id }: GoodCookie, reason: string, text: string): Outcome {
  context.manager.emit('refused', { id, reason });
  context.deleteCookie();
  return { session: context.unavailable(), user: null, reason, text, effects: ['delete the cookie'] };
}

import type { GoodCookie, SessionDesk } from '../../../session/request/context.js';
import type { Known } from '../../method.js';
import type { Standing } from './classify.js';
import * as because from './explain.js';
import { leaveClosed, type Outcome, REFUSAL, refuseQuietly, restored, startOver, values } from './outcome.js';

/** S1 to S3: nobody is established, the cookie decides. S5: after a veto, or with a login that failed, nothing changes. */
export function restore(found: Standing, known: Known, desk: SessionDesk): Outcome {
  const { cookie } = found;
  switch (found.status) {
    case 'switched-off':
      return { session: desk.none(), user: null, reason: 'anonymous-new', text: because.SWITCHED_OFF };
    case 'unused': {
      const text =
        'the visitor sends the cookie back and has stored nothing yet; the first value makes a record';
      return { session: desk.open(cookie, null, null), user: null, reason: 'anonymous-new', text };
    }
    case 'replaced':
      return refuseQuietly(desk, null, cookie, found.why);
    case 'foreign':
      if (known.vetoed) return leaveClosed(desk, null, because.VETOED);
      if (known.login) return leaveClosed(desk, null, found.why);
      return startOver(desk, null, 'refused-other-user', found.why);
    case 'open':
      if (found.owner === null) return restoreVisitor(found, desk);
      return known.vetoed ? leaveClosed(desk, null, because.VETOED) : restored(desk, found.owner, found);
    default:
      if (cookie.kind === 'anon') return startOver(desk, null, 'anonymous-new', found.why);
      return refuse(desk, cookie, REFUSAL[found.status], found.why);
  }
}

/** S2. */
function restoreVisitor(
  { cookie, record }: Extract<Standing, { status: 'open' }>,
  desk: SessionDesk,
): Outcome {
  desk.manager.emit('restored', { id: record.id, kind: record.kind });
  const text = `anonymous session with ${values(record)}`;
  return { session: desk.open(cookie, null, record), user: null, reason: 'anonymous-restored', text };
}

/** S3: nobody, no session, cookie deleted. */
function refuse(desk: SessionDesk, { id }: GoodCookie, reason: string, text: string): Outcome {
  desk.manager.emit('refused', { id, reason });
  desk.deleteCookie();
  return { session: desk.none(), user: null, reason, text, effects: ['delete the cookie'] };
}

import type { ChainSite } from '../../auth/method.js';
import { classifyAll, preferred, type Standing } from '../../auth/methods/moin-session/classify.js';
import type { SessionRecord } from '../../store/contract.js';

/**
 * What our user cookie says of the old session beside it:
 *
 * - `none`: the old session counts, because there is no such cookie, or because nobody ended what it opened
 * - `later`: our session came after the old one, which ends
 * - `open`: it opens a session that does not come from this old one
 */
export type OurCookie = { says: 'none' } | { says: 'later' } | { says: 'open'; record: SessionRecord };

/** @param origin the id of the old session */
export async function readOurCookie(origin: string, site: ChainSite): Promise<OurCookie> {
  const standings = await classifyAll(null, site);
  const found = preferred(standings.filter(({ cookie }) => cookie.kind === 'user'));
  return found === null ? { says: 'none' } : judged(found, origin);
}

function judged(found: Standing, origin: string): OurCookie {
  switch (found.status) {
    case 'open': {
      const { record } = found;
      return record.origin === origin ? { says: 'later' } : { says: 'open', record };
    }
    case 'refused':
      return { says: found.record.origin === origin ? 'later' : 'none' };
    case 'over': {
      // Without an origin nobody can tell which of the two began later: then the end of ours counts for both.
      const { ended, origin: own = origin } = found.record;
      return { says: ended !== null && own === origin ? 'later' : 'none' };
    }
    default:
      return { says: 'later' };
  }
}

import { parseCookieHeader } from '../../http/cookie-header.js';
import type { SessionDetail } from '../../session/admin/info.js';
import type { SessionLookup } from '../../session/admin/lookup.js';
import { idOf } from '../../session/cookie/token.js';
import { shortId } from '../output/humanize.js';

/** A cookie of express-session: `s:SID.SIGNATURE`, usually percent-encoded. */
const SIGNED = /^s(?::|%3A)([^.]{8,256})\../i;

/** A session that a cookie of express-session names. */
export interface ExpressSession {
  cookieName: string;
  session: SessionDetail;
}

/**
 * The session under the first cookie of express-session that names one of the store. Its signature is not checked: the
 * secret is the application's.
 */
export async function expressSessionOf(
  cookies: string,
  lookup: SessionLookup,
): Promise<ExpressSession | null> {
  for (const [cookieName, value] of parseCookieHeader(cookies)) {
    const [, sid] = SIGNED.exec(value) ?? [];
    const session = sid === undefined ? null : await lookup.get(idOf(decoded(sid)));
    if (session !== null) return { cookieName, session };
  }
  return null;
}

/** Why it logs nobody in here, in one sentence. */
export function notVerified({ cookieName, session: { id, userName, state } }: ExpressSession): string {
  const whose = userName === null ? '' : ` of ${userName}`;
  return `nobody is logged in as far as can be told here: ${cookieName} is a cookie of express-session, whose secret only the application has; it names the session ${shortId(id)}${whose}, ${state}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

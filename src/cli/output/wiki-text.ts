import type { Layout } from '../../moin/layout.js';
import type { SessionInfo } from '../../session/admin/info.js';
import { relativeTime } from './humanize.js';

/** Why a session of a MoinMoin wiki is in its state, where that differs from a session of ours; null where it does not. */
export function wikiWhyText(session: SessionInfo, layout: Layout, now: number): string | null {
  return layout === '1.6' ? why16(session, now) : why19(session);
}

function why19({ state, expires }: SessionInfo): string | null {
  if (state !== 'expired' || expires !== null) return null;
  return "it has no expiry: its cookie still opens it, until MoinMoin's clean-up or a purge removes it";
}

/** MoinMoin 1.6 never looks at a stored expiry but in its clean-up, and renews a cookie oftener than what is stored. */
function why16({ state, kind, cookieExpires, expires }: SessionInfo, now: number): string | null {
  if (state === 'active' && expires === null)
    return 'it has no expiry: neither the clean-up of MoinMoin 1.6 nor purge --expired ever removes it';
  if (kind === 'anonymous' && expires !== null && (state === 'grace' || state === 'expired'))
    return `its time was over ${relativeTime(state === 'grace' && cookieExpires !== null ? cookieExpires : expires, now)}; MoinMoin 1.6 resumes it all the same until a purge removes it`;
  if (kind === 'user' && cookieExpires === null && expires !== null && state === 'expired')
    return `its time was over ${relativeTime(expires, now)}, before it was written: its cookie may open it all the same, until a purge removes it`;
  if (kind === 'user' && cookieExpires !== null && state === 'grace')
    return `its cookie of that time expired ${relativeTime(cookieExpires, now)}; MoinMoin 1.6 may have sent a newer one, which opens it up to an hour longer`;
  return null;
}

/** The text of a time that is null although the session is readable: only sessions of wikis have none. */
export function noTimeText(session: SessionInfo, field: string): string | null {
  if (session.seen === null) return null;
  // A login of 1.6 that was written with an expiry in the past.
  if (field === 'cookieExpires')
    return session.state === 'expired' && session.expires !== null ? 'not known' : 'never';
  if (field !== 'expires') return null;
  return session.state === 'expired' ? 'at a purge' : 'never';
}

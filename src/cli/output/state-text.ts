import type { Layout } from '../../moin/layout.js';
import type { SessionDetail } from '../../session/admin/info.js';
import { relativeTime, shortDuration } from './humanize.js';
import { wikiWhyText } from './wiki-text.js';

const WHO = {
  administrator: 'an administrator ended it',
  user: 'its user ended it',
  limit: 'it was ended because its user logged in elsewhere too often',
} as const;

/**
 * Why a session is in its state, in one line; null for a state that explains itself.
 * @param now in ms
 * @param layout of the wiki; null for another store
 */
export function whyText(session: SessionDetail, now: number, layout: Layout | null = null): string | null {
  const ofWiki = layout === null ? null : wikiWhyText(session, layout, now);
  if (ofWiki !== null) return ofWiki;
  const { state, refused, endedBy, endedAt, endReason, cookieExpires, expires } = session;
  const ago = (time: Date | null) => (time === null ? '' : ` ${relativeTime(time, now)}`);
  if (endedBy !== null) {
    const reason = endReason === null ? '' : `: ${JSON.stringify(endReason)}`;
    if (endedAt !== null && endedAt.getTime() > now)
      return `${WHO[endedBy] ?? 'it was ended'} ${shortDuration(endedAt.getTime() - now)} later${reason}; that moved its times, so whether it was open then is not known`;
    return `${WHO[endedBy] ?? 'it was ended'}${ago(endedAt)}${reason}`;
  }
  if (state === 'refused')
    return `${refused ?? 'its user or auth method is refused'}; its cookie opens nothing`;
  if (state === 'grace')
    return `its cookie expired${ago(cookieExpires)} and opens nothing; the record is kept for an hour`;
  if (state === 'expired') return `its time was over${ago(expires)}; the next purge removes it`;
  return null;
}

/** What is to know of the times of a session that was ended: the ending has moved both. */
export function timeNote({ endedAt }: SessionDetail, field: string): string {
  if (endedAt === null) return '';
  if (field === 'cookieExpires') return ', set back when it was ended';
  return field === 'expires' ? ', when it was ended' : '';
}

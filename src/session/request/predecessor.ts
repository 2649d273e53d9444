import type { SessionOwner, SessionRecord } from '../../store/contract.js';
import type { GoodCookie } from '../cookie/signer.js';
import type { Replaced } from '../lifecycle/replace.js';

/**
 * The session that a login replaces (S4):
 *
 * - `none`: no cookie opens one
 * - `unused`: a visitor's token without a record. It ends too, with what a concurrent request may save under it
 * - `open`: a session whose data move along; `owner` is null for a visitor's
 */
export type Predecessor =
  | { status: 'none' }
  | { status: 'unused'; cookie: GoodCookie }
  | { status: 'open'; cookie: GoodCookie; owner: SessionOwner | null; record: SessionRecord };

/** What a login does to the sessions under the request's cookies (S4). */
export interface LoginPlan {
  predecessor: Predecessor;
  /** The ids of other users' sessions, which end. None of their data move along. */
  ended: readonly string[];
}

/** What the new record replaces; null for nothing. */
export function replacedBy(predecessor: Predecessor): Replaced | null {
  switch (predecessor.status) {
    case 'none':
      return null;
    case 'unused':
      return { id: predecessor.cookie.id, revision: 0, data: {} };
    case 'open':
      return predecessor.record;
  }
}

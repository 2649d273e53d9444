import type { SessionOwner, SessionRecord } from '../../store/contract.js';
import type { GoodCookie } from '../cookie/signer.js';
import type { Replaced } from '../lifecycle/replace.js';

/**
 * The session that a login replaces (S4):
 *
 * - `none`: no cookie opens one
 * - `unused`: a visitor's token without a record. The login ends it too, with all that another request saves
 *   under it meanwhile
 * - `open`: a session whose data move to the new one; `owner` is null for a visitor's
 */
export type Predecessor =
  | { status: 'none' }
  | { status: 'unused'; cookie: GoodCookie }
  | { status: 'open'; cookie: GoodCookie; owner: SessionOwner | null; record: SessionRecord };

/** What a login does to the sessions under the request's cookies (S4). */
export interface LoginPlan {
  predecessor: Predecessor;
  /**
   * The ids of other users' sessions, and of sessions whose user or auth method is refused. The login ends them; none of
   * their data move to the new session.
   */
  ended: readonly string[];
}

/** The record that the login replaces, or null. Its revision is 0 if the store had none. */
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

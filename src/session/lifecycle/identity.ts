import type { SessionKind, SessionOwner, SessionRecord } from '../../store/contract.js';
import type { CookieKind } from '../cookie/signer.js';
import { idOf, newToken } from '../cookie/token.js';

/** Who holds a session at this request, and by which cookie. */
export interface Holder {
  readonly token: string;
  readonly id: string;
  readonly cookieKind: CookieKind;
  /** Null for an anonymous visitor. */
  readonly owner: SessionOwner | null;
  readonly remember: boolean;
}

/** Somebody as the holder of a session under a new token. */
export function underNewToken(who: Pick<Holder, 'cookieKind' | 'owner' | 'remember'>): Holder {
  const { cookieKind, owner, remember } = who;
  const token = newToken();
  return { token, id: idOf(token), cookieKind, owner, remember };
}

/** Of which kind the session is that they hold. */
export function kindOf({ owner }: Pick<Holder, 'owner'>): SessionKind {
  return owner === null ? 'anonymous' : 'user';
}

/** Nobody else's: the holder's own, or an anonymous one that a user takes over (S7, S10). */
export function mayHold({ owner }: Holder, { user }: SessionRecord): boolean {
  return user === null || user.id === owner?.id;
}

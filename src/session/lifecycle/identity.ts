import type { SessionClient, SessionKind, SessionOwner, SessionRecord } from '../../store/contract.js';
import type { CookieKind } from '../cookie/signer.js';
import { idOf, newToken } from '../cookie/token.js';

/** The owner of a session in this request, with the cookie that opens it. */
export interface SessionIdentity {
  readonly token: string;
  readonly id: string;
  readonly cookieKind: CookieKind;
  /** Null for an anonymous visitor. */
  readonly owner: SessionOwner | null;
  readonly remember: boolean;
  /** The client of this request, as far as `rememberClient` asks for it. */
  readonly client: SessionClient | null;
  /** As in the record; undefined when there is none. */
  readonly origin?: string | undefined;
}

/** The identity of this owner under a new token. */
export function newIdentity(
  who: Pick<SessionIdentity, 'cookieKind' | 'owner' | 'remember' | 'client' | 'origin'>,
): SessionIdentity {
  const { cookieKind, owner, remember, client, origin } = who;
  const token = newToken();
  return { token, id: idOf(token), cookieKind, owner, remember, client, origin };
}

/** The kind of a session with this owner. */
export function kindOf({ owner }: Pick<SessionIdentity, 'owner'>): SessionKind {
  return owner === null ? 'anonymous' : 'user';
}

/** Whether the identity may use a session: its own, or an anonymous one that a user takes over (S7, S10). */
export function mayUse({ owner }: SessionIdentity, { user }: SessionRecord): boolean {
  return user === null || user.id === owner?.id;
}

import type { HandedToken } from '../../../session/cookie/token-carrier.js';
import type { SessionContext } from '../../../session/request/context.js';
import { SETUID } from '../../../session/session.js';
import type { AuthUser } from '../../method.js';
import type { Standing } from './classify.js';
import { ownerOf, values } from './outcome.js';
import { HandedSession } from './token-session.js';

/**
 * S2, S3, S7: opens the session that a token names.
 * @param user the user whom an earlier method established; null: the token identifies its user
 */
export function openedByToken(
  { cookie, owner: holder, record }: Extract<Standing, { status: 'open' }>,
  user: AuthUser | null,
  carrier: HandedToken,
  context: SessionContext,
): HandedSession {
  const owner = user === null ? holder : ownerOf(user);
  const session = context.open(cookie, owner, record, carrier);
  carrier.expires = record.cookieExpires;
  // Only a superuser may change user: drop a value that a visitor put under this key.
  if (holder === null && owner !== null) session.delete(SETUID);
  const { id, kind } = record;
  context.manager.emit('restored', { id, kind, ...(holder && { user: holder.name }) });
  const who = owner === null ? 'a visitor' : `${owner.name} is logged in, by ${owner.method},`;
  return new HandedSession(session, carrier, {
    user: user ?? (owner && { ...owner, valid: true }),
    reason: holder === null ? 'anonymous-restored' : 'restored',
    text: `${who} with ${values(record)}`,
  });
}

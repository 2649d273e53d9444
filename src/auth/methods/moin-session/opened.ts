import type { GoodCookie } from '../../../session/cookie/signer.js';
import type { TokenCarrier } from '../../../session/cookie/token-carrier.js';
import type { SessionContext } from '../../../session/request/context.js';
import { SETUID } from '../../../session/session.js';
import type { SessionOwner, SessionRecord } from '../../../store/contract.js';
import type { AuthUser } from '../../method.js';
import type { Standing } from './classify.js';
import { type Outcome, ownerOf } from './outcome.js';

/**
 * S2, S3, S7: opens a session.
 * @param user the user whom an earlier method established; null: the session identifies its user
 * @param carrier where its tokens go; default: the cookie
 */
export function opened(
  { cookie, owner: holder, record }: Extract<Standing, { status: 'open' }>,
  user: AuthUser | null,
  context: SessionContext,
  carrier?: TokenCarrier,
): Outcome {
  const owner = user === null ? holder : ownerOf(user);
  const session = context.open(cookie, owner, record, carrier);
  // Only a superuser may change user: drop a value that a visitor put under this key.
  if (holder === null && owner !== null) session.delete(SETUID);
  const { id, kind } = record;
  context.manager.emit('restored', holder === null ? { id, kind } : { id, kind, user: holder.name });
  return {
    session,
    user: user ?? (owner && { ...owner, valid: true }),
    reason: holder === null ? 'anonymous-restored' : 'restored',
    text: describeOpened(holder, owner, values(record)),
  };
}

function describeOpened(holder: SessionOwner | null, owner: SessionOwner | null, content: string): string {
  if (owner === null) return `anonymous session with ${content}`;
  if (holder === null) return `the visitor's session with ${content} becomes that of ${owner.name}`;
  return `${owner.name} is logged in, by ${owner.method}, with ${content}`;
}

/** S2: a session under a token that the client sends back and that has no record yet. */
export function unused(
  cookie: GoodCookie,
  user: AuthUser | null,
  context: SessionContext,
  carrier?: TokenCarrier,
): Outcome {
  const who = user === null ? 'the visitor' : user.name;
  const text = `${who} sends the token back and has stored nothing yet; the first value makes a record`;
  const session = context.open(cookie, user && ownerOf(user), null, carrier);
  return { session, user, reason: 'anonymous-new', text };
}

/** The number of a record's values, in words. */
function values(record: SessionRecord): string {
  const count = Object.keys(record.data).length;
  return count === 1 ? '1 value' : `${count} values`;
}

import type { JsonObject } from '../../base/json.js';
import type { SessionRecord } from '../../store/contract.js';
import { kindOf, type SessionIdentity } from './identity.js';
import type { Lifetimes } from './lifetime.js';

/** The first record of a session that begins at `now`, or went on from one that was `created` earlier; all in ms. */
export function newRecord(
  identity: SessionIdentity,
  data: JsonObject,
  lifetimes: Lifetimes,
  { now, created = now }: { now: number; created?: number },
): SessionRecord {
  const { id, owner: user, remember } = identity;
  const kind = kindOf(identity);
  const ends = lifetimes.ends({ kind, remember, created }, now);
  const times = { created, seen: now, ...ends };
  return { version: 1, id, kind, user, ...times, revision: 1, remember, ended: null, data };
}

/** The record with what every write renews (S8). Ends that `maxLifetime` has passed stay where they are. */
export function renewed(
  record: SessionRecord,
  identity: SessionIdentity,
  lifetimes: Lifetimes,
  now: number,
): SessionRecord {
  const kind = kindOf(identity);
  const ends = lifetimes.ends({ ...record, kind }, now);
  return { ...record, kind, user: identity.owner, seen: now, ...(ends.cookieExpires > now ? ends : {}) };
}

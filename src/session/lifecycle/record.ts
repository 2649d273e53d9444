import type { JsonObject } from '../../base/json.js';
import type { SessionRecord } from '../../store/contract.js';
import { RECORD_VERSION } from '../../store/record.js';
import { kindOf, type SessionIdentity } from './identity.js';
import type { Ends, Lifetimes } from './lifetime.js';

/** The fields of a first record that its caller decides on; times in ms. */
type Beginning = Pick<SessionRecord, 'id' | 'user' | 'remember' | 'created' | 'seen' | 'client' | 'data'>;

/** The first record of a session that ends at `ends`. */
export function firstRecord(beginning: Beginning, ends: Ends): SessionRecord {
  const { id, user, remember, created, seen, client, data } = beginning;
  return {
    version: RECORD_VERSION,
    id,
    kind: kindOf({ owner: user }),
    user,
    created,
    seen,
    cookieExpires: ends.cookieExpires,
    expires: ends.expires,
    revision: 1,
    remember,
    ended: null,
    client,
    data,
  };
}

/** The ends of a session that is used first at `now` and was created at `created`; all in ms. */
export function firstEnds(
  identity: Pick<SessionIdentity, 'owner' | 'remember'>,
  lifetimes: Lifetimes,
  { now, created = now }: { now: number; created?: number },
): Ends {
  return lifetimes.ends({ kind: kindOf(identity), remember: identity.remember, created }, now);
}

/** The first record under an identity. `created` is earlier than `now` if the session continues another one; both in ms. */
export function newRecord(
  identity: SessionIdentity,
  data: JsonObject,
  lifetimes: Lifetimes,
  { now, created = now }: { now: number; created?: number },
): SessionRecord {
  const { id, owner: user, remember, client } = identity;
  const ends = firstEnds(identity, lifetimes, { now, created });
  return {
    ...firstRecord({ id, user, remember, created, seen: now, client, data }, ends),
    ...originOf(identity),
  };
}

/** The record with the fields that every write renews (S8). The ends stay when `maxLifetime` has passed. */
export function renewed(
  record: SessionRecord,
  identity: SessionIdentity,
  lifetimes: Lifetimes,
  now: number,
): SessionRecord {
  const kind = kindOf(identity);
  const { owner: user, client } = identity;
  const ends = lifetimes.ends({ ...record, kind }, now);
  const moved = originOf(identity);
  return { ...record, kind, user, client, ...moved, seen: now, ...(ends.cookieExpires > now ? ends : {}) };
}

function originOf({ origin }: SessionIdentity): Pick<SessionRecord, 'origin'> {
  return origin === undefined ? {} : { origin };
}

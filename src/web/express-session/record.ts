import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { type Ends, GRACE } from '../../session/lifecycle/lifetime.js';
import type { SessionOwner, SessionRecord } from '../../store/contract.js';

/** Finds the user in a session's data; null for a visitor. */
export type UserOf = (data: JsonObject) => (Pick<SessionOwner, 'id' | 'name'> & Partial<SessionOwner>) | null;

/**
 * The user whom Passport keeps in the session, as `serializeUser` gave it: an id, or an object with `id` and perhaps
 * `name` or `username`.
 */
export function passportUser({ passport }: JsonObject): SessionOwner | null {
  const user = isJsonObject(passport) ? passport.user : undefined;
  const { id, name, username }: { [field: string]: Json | undefined } = isJsonObject(user)
    ? user
    : { id: user };
  const key = typeof id === 'number' ? String(id) : id;
  if (typeof key !== 'string' || key === '') return null;
  const label = [name, username].find((text) => typeof text === 'string' && text !== '');
  return { id: key, name: (label as string | undefined) ?? key, method: 'passport' };
}

/** A session of express-session as JSON data. */
export function serialize(session: object): JsonObject {
  return JSON.parse(JSON.stringify(session)) as JsonObject;
}

/** The data for express-session. The record says when the cookie ends, because a touch changes only the record. */
export function deserialize({ data, cookieExpires }: SessionRecord): JsonObject {
  const copy = structuredClone(data);
  const cookie = isJsonObject(copy.cookie) ? copy.cookie : { originalMaxAge: null, expires: null };
  const expires = typeof cookie.expires === 'string' ? new Date(cookieExpires).toISOString() : null;
  return { ...copy, cookie: { ...cookie, expires } };
}

/** When a session ends, by its cookie; without an expiry there, `lifetime` (ms) from now. */
export function expiryOf(data: JsonObject, now: number, lifetime: number): Ends {
  const expires = isJsonObject(data.cookie) ? data.cookie.expires : null;
  const given = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  const cookieExpires = Number.isNaN(given) ? now + lifetime : given;
  return { cookieExpires, expires: cookieExpires + GRACE };
}

/** The kind and the user of a record with these data. */
export function ownerOf(data: JsonObject, userOf: UserOf): Pick<SessionRecord, 'kind' | 'user'> {
  const user = userOf(data);
  if (user === null) return { kind: 'anonymous', user };
  const { id, name, method } = user;
  return { kind: 'user', user: { id, name, method: methodOf(method) } };
}

/** Marks users that no auth method of our chain has established: the application alone judges them (spec 2). */
function methodOf(label: string | undefined): string {
  return label === undefined ? 'express-session' : `express-session:${label}`;
}

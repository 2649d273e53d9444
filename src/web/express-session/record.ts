import { ConfigurationError } from '../../base/errors.js';
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

/** A session of express-session as JSON data. @throws TypeError when it is no object, or not JSON */
export function serialize(session: unknown): JsonObject {
  const data: unknown = JSON.parse(JSON.stringify(session) ?? 'null');
  if (isJsonObject(data)) return data;
  throw new TypeError('this is no session: a store of express-session keeps objects with a cookie');
}

/**
 * The data for express-session. The record says when the cookie ends, because a touch changes only the record; the end is a
 * text or a number, as it was stored.
 */
export function deserialize({ data, cookieExpires }: SessionRecord): JsonObject {
  const copy = structuredClone(data);
  const cookie = isJsonObject(copy.cookie) ? copy.cookie : { originalMaxAge: null, expires: null };
  return { ...copy, cookie: { ...cookie, expires: endAs(cookie.expires, cookieExpires) } };
}

function endAs(given: Json | undefined, cookieExpires: number): Json {
  if (typeof given === 'number') return cookieExpires;
  return typeof given === 'string' ? new Date(cookieExpires).toISOString() : null;
}

/**
 * When a session ends, by the `expires` of its cookie: a date, its text, or ms since 1970. Without one, or with one that is
 * no time, `lifetime` (ms) from now.
 */
export function expiryOf(data: JsonObject, now: number, lifetime: number): Ends {
  const cookieExpires = cookieEnd(data) ?? now + lifetime;
  return { cookieExpires, expires: cookieExpires + GRACE };
}

/** The end in the cookie of a session's data, in ms; null when there is none. */
export function cookieEnd({ cookie }: JsonObject): number | null {
  const expires = isJsonObject(cookie) ? cookie.expires : null;
  if (typeof expires !== 'string' && typeof expires !== 'number') return null;
  const end = new Date(expires).getTime();
  // The record's own end is an hour later, and must be a date as well.
  return Number.isNaN(new Date(end + GRACE).getTime()) ? null : end;
}

/** The lifetime in the cookie of a session's data, in ms; null when there is none. */
export function maxAgeOf({ cookie }: JsonObject): number | null {
  const maxAge = isJsonObject(cookie) ? cookie.originalMaxAge : null;
  return typeof maxAge === 'number' ? maxAge : null;
}

/** A user as the option `user` gave it. Many tables have numbers for ids. @throws ConfigurationError when it is none */
function givenUser(given: unknown): NonNullable<ReturnType<UserOf>> {
  const { id, name, method } = Object(given) as { [field: string]: unknown };
  const key = typeof id === 'number' ? String(id) : id;
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  if (isText(key) && isText(name) && (method === undefined || isText(method)))
    return { id: key, name, method } as NonNullable<ReturnType<UserOf>>;
  throw new ConfigurationError(
    "option user must give { id, name }, both texts that are not empty, or null for a visitor's session",
  );
}

/** The kind and the user of a record with these data. @throws ConfigurationError when `userOf` gives no user */
export function ownerOf(data: JsonObject, userOf: UserOf): Pick<SessionRecord, 'kind' | 'user'> {
  const user: unknown = userOf(data);
  if (user === null || user === undefined) return { kind: 'anonymous', user: null };
  const { id, name, method } = givenUser(user);
  return { kind: 'user', user: { id, name, method: methodOf(method) } };
}

/** Marks users that no auth method of our chain has established: the application alone judges them (spec 2). */
function methodOf(label: string | undefined): string {
  return label === undefined ? 'express-session' : `express-session:${label}`;
}

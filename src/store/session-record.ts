import type { JsonObject } from '../base/json.js';

/** The user of a session, and the auth method that established them. */
export interface SessionOwner {
  id: string;
  name: string;
  method: string;
}

export type SessionKind = 'user' | 'anonymous';

/** The client that sent the last refresh, as far as `rememberClient` asks for it; the rest is null. */
export interface SessionClient {
  /** Its IP address: the peer's, or the one that trusted proxies name. */
  address: string | null;
  /** The beginning of its `User-Agent`. */
  userAgent: string | null;
  /** The path of the request, without the query. */
  url: string | null;
}

/**
 * The latest time that a `Date` can show, in ms. As an expiry: the session never expires. Only sessions of MoinMoin have none, and
 * operators see null.
 */
export const NEVER = 8.64e15;

/** The earliest time that a `Date` can show. As `expires`: a purge may remove the record already, whatever its cookie opens. */
export const ALREADY = -NEVER;

/** What is stored of a session (spec 2). Times are ms since 1970 UTC. */
export interface SessionRecord {
  version: 1;
  /** Lower-case hex of the first 16 bytes of SHA-256(token). */
  id: string;
  kind: SessionKind;
  /** Null exactly when the kind is `anonymous`. */
  user: SessionOwner | null;
  created: number;
  /** The last refresh. */
  seen: number;
  /** When the browser drops the cookie that was last sent. `NEVER` for a cookie that opens the session for ever. */
  cookieExpires: number;
  /** The record expires: a purge removes it from then on. One hour after `cookieExpires`; in a wiki `NEVER` or `ALREADY`, too. */
  expires: number;
  /** Counts the writes, from 1. */
  revision: number;
  /** The user asked to be remembered: the lifetime may be "forever". */
  remember: boolean;
  /** Set when the session was ended before it expired; else null. `reason` is for operators; absent when none was given. */
  ended: { at: number; by: 'administrator' | 'user' | 'limit'; reason?: string } | null;
  /** Null when nothing is known of the client. */
  client: SessionClient | null;
  /**
   * The id of a session of before a migration, of which this one is the continuation. Of one user's sessions, those of the
   * same origin count as one, and a logout ends them together. Absent when there is none.
   */
  origin?: string;
  data: JsonObject;
}

import type { JsonObject } from '../base/json.js';

/** Whom a session belongs to, and which auth method said so. */
export interface SessionOwner {
  id: string;
  name: string;
  method: string;
}

export type SessionKind = 'user' | 'anonymous';

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
  /** When the browser drops the cookie that was last sent. */
  cookieExpires: number;
  /** From when on the record may be removed: one hour after `cookieExpires`. */
  expires: number;
  /** Counts the writes, from 1. */
  revision: number;
  /** The user asked to be remembered: a lifetime that may be "forever". */
  remember: boolean;
  /** Ended before its time, or null. */
  ended: { at: number; by: 'administrator' | 'user' | 'limit' } | null;
  data: JsonObject;
}

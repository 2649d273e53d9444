import { errorCode } from '../../base/errors.js';
import type { Json, JsonObject } from '../../base/json.js';
import { SETUID } from '../../session/session.js';
import type { Callback, Foreign } from './base-store.js';
import { cookieEnd, serialize, type UserOf } from './record.js';

/** What moving sessions takes from a store of express-session: two of the operations that every such store has. */
export interface OldStore {
  get(sid: string, callback: Callback<Foreign>): unknown;
  destroy(sid: string, callback: Callback): unknown;
}

/** As `UserOf`, or a promise of that. */
export type OldUserOf = (data: JsonObject) => ReturnType<UserOf> | Promise<ReturnType<UserOf>>;

/**
 * The data of an old session; null when there is none, or its time is over.
 * @param now in ms
 */
export async function findOld(store: OldStore, sid: string, now: number): Promise<JsonObject | null> {
  const found = await new Promise((resolve, reject) =>
    store.get(sid, (error, data) => {
      // Stores that keep files report a missing one as an error; express-session takes it as "not found".
      if (error && errorCode(error) !== 'ENOENT') reject(error);
      else resolve(error ? null : data);
    }),
  );
  if (found === undefined || found === null) return null;
  const data = serialize(found);
  const end = cookieEnd(data);
  return end !== null && end <= now ? null : data;
}

/** Ends an old session. */
export function endOld(store: OldStore, sid: string): Promise<void> {
  return new Promise((resolve, reject) =>
    store.destroy(sid, (error) => (error && errorCode(error) !== 'ENOENT' ? reject(error) : resolve())),
  );
}

/** What moves along, without what belongs to express-session and its stores. Who one is, and whom a superuser acts as, is decided here, never by old data. */
export function valuesOf(data: JsonObject, keep: readonly string[] | null): Map<string, Json | undefined> {
  const own = ['cookie', 'passport', '__lastAccess', SETUID];
  const isKept = (key: string) => (keep === null || keep.includes(key)) && !own.includes(key);
  return new Map(Object.entries(data).filter(([key]) => isKept(key)));
}

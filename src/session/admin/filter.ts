import type { SessionKind, SessionRecord, StoreEntry } from '../../store/contract.js';
import { type SessionState, stateOfEntry } from '../lifecycle/state.js';
import { describeDetail, type SessionDetail, type SessionInfo } from './info.js';

type Ender = NonNullable<SessionInfo['endedBy']>;

/** Selects the sessions that meet every given condition; without conditions, all sessions. */
export interface SessionFilter {
  /** Whole ids: any of them. */
  ids?: readonly string[];
  /** One or several user ids: any of them. Not together with `userName`. */
  userId?: string | readonly string[];
  /**
   * One or several user names: any of them. The user directory finds the user. If it has no user of this name,
   * the names in the records count; then the whole store is read.
   */
  userName?: string | readonly string[];
  kind?: SessionKind;
  state?: SessionState;
  /** The cookie expires within this many ms, and has not expired yet. */
  expiresWithin?: number;
  /** Last seen at least this many ms ago. */
  idle?: number;
  /** The session has a value under this key. */
  hasKey?: string;
  /** Ended before it expired, by one of these. */
  endedBy?: Ender | readonly Ender[];
  /**
   * Any other condition: called for each readable session that meets the rest, with its data. It gets the stored values
   * themselves, so it must not change them. It must return true or false: a promise, or any other value, is a `TypeError`.
   */
  where?: (session: SessionDetail) => boolean;
}

/** A filter with user ids in place of user names, and without `ids`, which select the candidates. */
export interface Conditions extends Omit<SessionFilter, 'ids' | 'userId' | 'userName'> {
  userIds?: ReadonlySet<string>;
}

/**
 * Whether a session meets the conditions. An unreadable session can meet the condition `state` alone, or no conditions.
 * @param refused the verdict of `Refusals`
 */
export function matches(entry: StoreEntry, conditions: Conditions, now: number, refused = false): boolean {
  return matchesButState(entry, conditions, now) && isMeant(entry, conditions, now, refused);
}

/** Whether the session meets the conditions that need the verdict of `Refusals`: `state` and `where`. */
export function isMeant(
  entry: StoreEntry,
  { state, where }: Conditions,
  now: number,
  refused: boolean,
): boolean {
  if (state !== undefined && stateOfEntry(entry, now, refused) !== state) return false;
  return where === undefined || isTrue(where(describeDetail(entry, now, refused)));
}

/** @throws TypeError for anything but a boolean: the promise of an async function is truthy, and would select all */
function isTrue(verdict: unknown): boolean {
  if (typeof verdict === 'boolean') return verdict;
  const isPromise = typeof (verdict as PromiseLike<unknown> | null | undefined)?.then === 'function';
  // Its rejection would end the process, though nobody waits for it any more.
  if (isPromise) (verdict as PromiseLike<unknown>).then(undefined, () => {});
  const got = isPromise ? 'a promise: it must not be async' : verdict === null ? 'null' : typeof verdict;
  throw new TypeError(`where of the filter must return true or false, and returned ${got}`);
}

/** Whether the session meets all conditions that need no verdict. */
export function matchesButState({ record }: StoreEntry, conditions: Conditions, now: number): boolean {
  const { userIds, kind, expiresWithin, idle, hasKey, endedBy, where } = conditions;
  if (record === null) {
    const others = [userIds, kind, expiresWithin, idle, hasKey, endedBy, where];
    return others.every((condition) => condition === undefined);
  }
  if (userIds !== undefined && !(record.user !== null && userIds.has(record.user.id))) return false;
  if (kind !== undefined && record.kind !== kind) return false;
  if (expiresWithin !== undefined && !isWithin(record.cookieExpires, now, expiresWithin)) return false;
  if (idle !== undefined && now - record.seen < idle) return false;
  if (endedBy !== undefined && !isEndedBy(record.ended, endedBy)) return false;
  return hasKey === undefined || Object.hasOwn(record.data, hasKey);
}

/** Whether the filter selects exactly the expired sessions. A store finds them without reading the rest. */
export function isCleanUp(filter: SessionFilter): boolean {
  return filter.state === 'expired' && Object.keys(filter).length === 1;
}

function isEndedBy(ended: SessionRecord['ended'], who: Ender | readonly Ender[]): boolean {
  if (ended === null) return false;
  return typeof who === 'string' ? ended.by === who : who.includes(ended.by);
}

function isWithin(moment: number, now: number, distance: number): boolean {
  return moment > now && moment <= now + distance;
}

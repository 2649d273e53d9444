import type { SessionClient, SessionOwner, SessionRecord } from '../../store/contract.js';
import { newIdentity, type SessionIdentity } from '../lifecycle/identity.js';
import { endByLogout } from '../lifecycle/logout.js';
import type { SessionManager } from '../lifecycle/manager.js';
import { type LoginRefusal, logIn, type Superseded } from '../lifecycle/replace.js';
import { SETUID } from '../session.js';
import type { Changes, Snapshot } from '../values/changes.js';
import type { Values } from '../values/values.js';
import { type Availability, presentRecord } from './availability.js';
import { type LoginPlan, replacedBy } from './predecessor.js';

/** A login that the application decides on, after the chain (S4). */
export interface RouteLogin {
  owner: SessionOwner;
  remember: boolean;
  /** What the record keeps of the client. */
  client: SessionClient | null;
  /** The sessions under the request's cookies, as the user who logs in may use them. */
  plan: LoginPlan;
  /** Keys whose values the new session does not get. */
  leave: readonly string[];
  /** The id of the user who was logged in before; null for a visitor. */
  userIdBefore: string | null;
  /** The session of before a migration that the request can open. */
  origin: string | undefined;
  /** Whether the password that was checked is still the user's. */
  isStillRight: () => Promise<boolean>;
}

/** The session of a login: its record, and the snapshot of the values that moved into it. */
interface LoggedIn {
  identity: SessionIdentity;
  record: SessionRecord;
  snapshot: Snapshot;
}

/**
 * Writes the session of a login in place of the one that the request has (S4). `values` then hold what moves.
 * @returns why the login was refused, if so: then everything stays as it was
 */
export async function logInOver(
  manager: SessionManager,
  state: Availability,
  values: Values,
  login: RouteLogin,
): Promise<LoggedIn | LoginRefusal> {
  const { owner, remember, client } = login;
  const { superseded, isMoved } = successionOf(state, login);
  const origin = login.origin ?? (isMoved && state.status === 'open' ? state.identity.origin : undefined);
  if (await manager.limit.denies(owner.id, superseded.replaced?.id, origin)) return 'denied';
  const identity = newIdentity({ cookieKind: 'user', owner, remember, client, origin });
  const snapshot = values.snapshot();
  // A change of user ends with the login, so its key never moves.
  const left = [SETUID, ...login.leave];
  const changes = isMoved ? without(snapshot.changes, left) : new Map();
  const { isStillRight } = login;
  const record = await logIn(manager, identity, { ...superseded, isStillRight }, changes);
  if (typeof record === 'string') return record;
  if (isMoved) values.forget(left, snapshot);
  else values.reset();
  return { identity, record, snapshot };
}

/**
 * S4: a visitor's session and the user's own move to the new session, and so does what this request has set. Another
 * user's session ends, and nothing of it moves.
 */
function successionOf(
  state: Availability,
  { owner, plan, userIdBefore }: RouteLogin,
): { superseded: Pick<Superseded, 'replaced' | 'ended'>; isMoved: boolean } {
  const isMoved = userIdBefore === null || userIdBefore === owner.id;
  const underCookies = replacedBy(plan.predecessor);
  if (state.status !== 'open') return { superseded: { replaced: underCookies, ended: plan.ended }, isMoved };
  const { record } = state;
  const { id } = state.identity;
  if (isMoved) {
    // A session without a record may be an empty one that began over the user's own (S10): then their own moves.
    const replaced = record ?? underCookies ?? { id, revision: 0, data: {} };
    return { superseded: { replaced, ended: plan.ended }, isMoved };
  }
  const replaced = underCookies?.id === id ? null : underCookies;
  return { superseded: { replaced, ended: [...new Set([...plan.ended, id])] }, isMoved };
}

/** The changes with these keys removed. */
function without(changes: Changes, keys: readonly string[]): Changes {
  return new Map([...changes, ...keys.map((key) => [key, undefined] as const)]);
}

/**
 * Ends the session that the request has, or the one that has just replaced it (S6).
 * @returns the record that ended, or null
 */
export async function logOutOf(manager: SessionManager, state: Availability): Promise<SessionRecord | null> {
  if (state.status !== 'open' || (await presentRecord(state, manager)) === null) return null;
  const { id, cookieKind, owner } = state.identity;
  // An anon cookie identifies no user: the session that replaced its session may belong to another one.
  return endByLogout(manager, id, cookieKind === 'anon' ? (owner?.id ?? null) : null);
}

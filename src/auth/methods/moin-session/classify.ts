import type { GoodCookie } from '../../../session/cookie/signer.js';
import { isOfChain } from '../../../session/lifecycle/chain-names.js';
import { stateOf } from '../../../session/lifecycle/state.js';
import type { SessionOwner, SessionRecord } from '../../../store/contract.js';
import { currentName } from '../../establish.js';
import type { AuthSite, AuthUser } from '../../method.js';
import * as explain from './explain.js';

/** What stands under a well-signed cookie; `why` is for people. */
export type Standing = { cookie: GoodCookie } & (
  | { status: 'switched-off' | 'unused' }
  | { status: 'unreadable' | 'replaced' | 'gone'; why: string }
  | { status: 'over' | 'foreign' | 'refused'; why: string; record: SessionRecord }
  | { status: 'open'; owner: SessionOwner | null; record: SessionRecord }
);

/**
 * Finds what stands under a cookie (S1 to S11):
 *
 * - `switched-off`: a visitor's cookie, and this site has no anonymous sessions
 * - `unused`: nothing yet; a visitor's session begins with the first value
 * - `unreadable`: bytes that are no session (I4)
 * - `replaced`: a login or rotation put a newer token in its place within the last minute, so say nothing about the cookie
 * - `gone`: ended, purged, or never there
 * - `over`: there, but expired; under a user cookie also in grace
 * - `foreign`: it belongs to another user than the established one, or to a user while only an anon cookie asks (S10)
 * - `refused`: its user, or the auth method that established them, is not accepted any more (spec 2)
 * - `open`: there and theirs. `owner` has the name that the directory has now; null for a visitor
 *
 * @param user the user that an earlier method established; null: a user cookie speaks for its user
 */
async function classify(cookie: GoodCookie, user: AuthUser | null, site: AuthSite): Promise<Standing> {
  const { manager } = site.context;
  if (cookie.kind === 'anon' && user === null && !manager.lifetimes.anonymousAllowed)
    return { cookie, status: 'switched-off' };
  const found = await manager.find(cookie.id);
  if (found.record !== null) return classifyRecord(found.record, cookie, user, site);
  if (found.unreadable !== null)
    return { cookie, status: 'unreadable', why: explain.unreadable(found.unreadable) };
  const tombstone = await manager.tombstone(cookie.id);
  const why = explain.sessionGone(tombstone, manager.now());
  if (manager.justReplaced(tombstone)) return { cookie, status: 'replaced', why };
  if (cookie.kind === 'anon' && !manager.isGone(tombstone)) return { cookie, status: 'unused' };
  return { cookie, status: 'gone', why };
}

async function classifyRecord(
  record: SessionRecord,
  cookie: GoodCookie,
  user: AuthUser | null,
  site: AuthSite,
): Promise<Standing> {
  const { manager } = site.context;
  const now = manager.now();
  const state = stateOf(record, now);
  const isAnon = cookie.kind === 'anon';
  if (state === 'expired' || (state === 'grace' && !isAnon))
    return { cookie, status: 'over', why: explain.sessionOver(record, now, manager.limit.max), record };
  const owner = record.user;
  if (owner === null) {
    if (isAnon) return { cookie, status: 'open', owner, record };
    return { cookie, status: 'gone', why: 'the record under this user cookie belongs to nobody' };
  }
  const isTheirs = user === null ? !isAnon : user.id === owner.id;
  if (!isTheirs) return { cookie, status: 'foreign', why: explain.foreign(owner, user), record };
  if (!isOfChain(owner.method, site.chain))
    return { cookie, status: 'refused', why: explain.methodLeft(owner), record };
  const current = await currentName(owner, site.users);
  if (current.refusal !== null) return { cookie, status: 'refused', why: current.refusal.text, record };
  return { cookie, status: 'open', owner: { ...owner, name: current.name }, record };
}

/** Classifies each well-signed cookie of the request, in order. A badly signed cookie costs no store access. */
export async function classifyAll(user: AuthUser | null, site: AuthSite): Promise<Standing[]> {
  const standings: Standing[] = [];
  for (const cookie of site.context.cookies)
    if (cookie.verdict === 'ok') standings.push(await classify(cookie, user, site));
  return standings;
}

/**
 * The one that counts (spec 4): the first that opens a user's session; else the first that opens a visitor's; else one
 * that was replaced a moment ago, because the browser is about to get its successor and another cookie would overwrite
 * that; else one that could begin a session; else the first. A cookie that opens nothing never costs a good one its session.
 */
export function preferred(standings: readonly Standing[]): Standing | null {
  const opens = standings.filter(({ status }) => status === 'open');
  return (
    opens.find(({ cookie }) => cookie.kind === 'user') ??
    opens[0] ??
    standings.find(({ status }) => status === 'replaced') ??
    standings.find(({ status }) => status === 'unused') ??
    standings[0] ??
    null
  );
}

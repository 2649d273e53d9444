import { andThen, inTurn, type Soon } from '../../../base/soon.js';
import type { GoodCookie, ReadCookie } from '../../../session/cookie/signer.js';
import { accessTo } from '../../../session/lifecycle/access.js';
import { isOfChain } from '../../../session/lifecycle/chain-names.js';
import type { SessionManager } from '../../../session/lifecycle/manager.js';
import type { SessionOwner, SessionRecord, Tombstone } from '../../../store/contract.js';
import { currentName, type LookUp } from '../../establish.js';
import type { AuthUser, ChainSite } from '../../method.js';
import * as explain from './explain.js';

/** What the store has under a cookie with a good signature. `why` explains it to people. */
export type Standing = { cookie: GoodCookie } & (
  | { status: 'unused' }
  | { status: 'switched-off' | 'unreadable' | 'replaced' | 'gone'; why: string }
  | { status: 'over' | 'foreign' | 'refused'; why: string; record: SessionRecord }
  | { status: 'open'; owner: SessionOwner | null; record: SessionRecord }
);

/**
 * Finds the standing of a cookie (S1 to S11):
 *
 * - `switched-off`: a visitor's cookie, and this site has no anonymous sessions
 * - `unused`: nothing yet; a visitor's session begins with the first value
 * - `unreadable`: bytes that are no session (I4)
 * - `replaced`: a login or rotation put a newer token in its place within the last minute, so the response must not
 *   mention the cookie
 * - `gone`: ended, purged, never there, or not there yet at the moment that is looked at; also a user cookie over a visitor's record
 * - `over`: expired; under a user cookie also in grace
 * - `foreign`: it belongs to another user than the established one, or no user is established and an anon cookie asks for
 *   a user's session (S10)
 * - `refused`: its user, or the auth method that established them, is not accepted any more (spec 2)
 * - `open`: the request may open it. `owner` has the name that the directory has now; null for a visitor
 *
 * @param user the user that an earlier method established; null: a user cookie speaks for its user
 */
export function classify(cookie: GoodCookie, user: AuthUser | null, site: ChainSite): Soon<Standing> {
  const { manager } = site.context;
  if (cookie.kind === 'anon' && user === null && !manager.lifetimes.anonymousAllowed)
    return { cookie, status: 'switched-off', why: `the signature is good, but ${explain.NO_VISITORS}` };
  return andThen(manager.find(cookie.id), (found) => {
    if (found.record !== null) return classifyRecord(found.record, cookie, user, site);
    if (found.unreadable !== null)
      return { cookie, status: 'unreadable', why: explain.unreadable(found.unreadable, found.denied) };
    return classifyAbsent(cookie, manager, found);
  });
}

async function classifyAbsent(
  cookie: GoodCookie,
  manager: SessionManager,
  found: { tombstone?: Tombstone | null },
): Promise<Standing> {
  const tombstone = await manager.tombstone(cookie.id, found);
  const why = explain.sessionGone(tombstone, manager.now());
  if (manager.justReplaced(tombstone)) return { cookie, status: 'replaced', why };
  if (cookie.kind === 'anon' && !manager.isGone(tombstone)) return { cookie, status: 'unused' };
  return { cookie, status: 'gone', why };
}

function classifyRecord(
  record: SessionRecord,
  cookie: GoodCookie,
  user: AuthUser | null,
  site: ChainSite,
): Soon<Standing> {
  const { manager } = site.context;
  const now = manager.now();
  if (site.asOf !== undefined && record.created > site.asOf)
    return { cookie, status: 'gone', why: explain.notYetBegun(record) };
  const owner = record.user;
  const access = accessTo(record, cookie.kind, user, now);
  if (access === 'over')
    return { cookie, status: 'over', why: explain.sessionOver(record, now, manager.limit.max), record };
  if (access === 'nobodys')
    return { cookie, status: 'gone', why: 'the record under this user cookie belongs to nobody' };
  if (owner === null) return { cookie, status: 'open', owner, record };
  if (access === 'foreign') return { cookie, status: 'foreign', why: explain.foreign(owner, user), record };
  return andThen(judge(owner, site), ({ name, why }) => {
    if (why !== null) return { cookie, status: 'refused', why, record };
    return { cookie, status: 'open', owner: { id: owner.id, name, method: owner.method }, record };
  });
}

/**
 * Whether the sessions of a user are refused now, because of the user or of the auth method that established them (spec 2).
 * @returns `name`: the one that the directory has now; `why`: for people; null if they are not refused
 */
export function judge(
  owner: SessionOwner,
  { chain, users }: { chain: ChainSite['chain']; users: LookUp | undefined },
): Soon<{ name: string; why: string | null }> {
  const { name } = owner;
  if (!isOfChain(owner.method, chain)) return { name, why: explain.methodLeft(owner) };
  return andThen(currentName(owner, users), (current) =>
    current.refusal === null ? { name: current.name, why: null } : { name, why: current.refusal.text },
  );
}

/** Classifies each well-signed cookie of the request, in order. A badly signed cookie costs no store access. */
export function classifyAll(user: AuthUser | null, site: ChainSite): Soon<Standing[]> {
  return inTurn(site.context.cookies.filter(isGood), (cookie) => classify(cookie, user, site));
}

function isGood(cookie: ReadCookie): cookie is GoodCookie {
  return cookie.verdict === 'ok';
}

/**
 * The standing that counts (spec 4), in this order: the first that opens a user's session; the first that opens a
 * visitor's; one that was replaced a moment ago, because the browser is about to get the new cookie, and this response must
 * not overwrite it; one that could begin a session; the first. So a cookie that opens nothing never hides one that does.
 */
export function preferred(standings: readonly Standing[]): Standing | null {
  if (standings.length <= 1) return standings[0] ?? null;
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

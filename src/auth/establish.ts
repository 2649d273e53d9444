import { ConfigurationError } from '../base/errors.js';
import { bare, own } from '../base/own.js';
import { andThen, type Soon } from '../base/soon.js';
import { isOfChain } from '../session/lifecycle/chain-names.js';
import type { SessionOwner } from '../store/contract.js';
import type { CachingDirectory } from '../users/caching-directory.js';
import { isDisabled } from '../users/directory.js';
import type { NewUserAnswer } from './answer.js';
import type { AuthMethod, AuthResult, AuthUser, ChainSite, Known, NamedUser } from './method.js';

/** Why a user cannot be logged in: `reason` for programs, `text` for people. */
interface UserRefusal {
  reason: 'unknown-user' | 'disabled-user';
  text: string;
}

/**
 * Completes an answer that names a new user: `method`, `valid`, and the name that the directory has for them. A user whom
 * the directory does not know or has disabled is not established, because S3 would refuse them at the next request.
 * @throws ConfigurationError when the user's `method` does not belong to the chain: S3 would refuse such a session, too
 */
export function establish(
  method: AuthMethod,
  answer: NewUserAnswer,
  known: Known,
  site: ChainSite,
): Soon<AuthResult> {
  const user = complete(answer.user, method.name, site);
  if (!user.valid) return bare({ ...answer, user });
  const isLogin = known.login || answer.login === true;
  const current = isLogin ? nameAtLogin(user, site) : currentName(user, site.users);
  return andThen(current, (named) => {
    if (named.refusal === null) return bare({ ...answer, user: { ...user, name: named.name } });
    const { reason } = named.refusal;
    const text = `${method.name} says that this is ${user.name}, but ${named.refusal.text}, so they are not logged in`;
    return bare({ ...answer, user: known.user, reason, text, login: false, loginRejected: true });
  });
}

/** Where users are looked up by id. */
export type LookUp = Pick<CachingDirectory, 'lookUp'>;

type NameOrRefusal = { name: string; refusal: null } | { refusal: UserRefusal };

/** As `currentName`, past the cache of the option `userCache` (S4). */
export function nameAtLogin(
  user: Pick<SessionOwner, 'id' | 'name'>,
  { users }: Pick<ChainSite, 'users'>,
): Soon<NameOrRefusal> {
  return currentName(user, users && { lookUp: (id) => users.findNow(id) });
}

/** The name that the directory has for a user now, or why the user is refused (S3). Without a directory: the given name. */
export function currentName(
  { id, name }: Pick<SessionOwner, 'id' | 'name'>,
  users: LookUp | undefined,
): Soon<NameOrRefusal> {
  if (users === undefined) return { name, refusal: null };
  return andThen(users.lookUp(id), (entry) => {
    if (entry === null)
      return refused('unknown-user', `the user directory has nobody with the id of ${name}`);
    if (isDisabled(entry)) return refused('disabled-user', `the user ${entry.name} is disabled`);
    return { name: entry.name, refusal: null };
  });
}

function refused(reason: UserRefusal['reason'], text: string): NameOrRefusal {
  return { refusal: { reason, text } };
}

/**
 * A user whom a method names, with the defaults for what it leaves out.
 * @throws ConfigurationError when the user's `method` does not belong to the chain: S3 would refuse such a session
 */
export function complete(given: NamedUser, asking: string, { chain }: Pick<ChainSite, 'chain'>): AuthUser {
  const { id, name } = given;
  const method = own(given, 'method') ?? asking;
  if (!isOfChain(method, chain))
    throw new ConfigurationError(
      `auth method ${asking} gives a user whose method is ${JSON.stringify(method)}, but 'auth' has none of this name: leave it out, or say '${asking}:LABEL'`,
    );
  return { id, name, method, valid: own(given, 'valid') ?? true };
}

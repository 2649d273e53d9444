import { judge } from '../auth/methods/moin-session/classify.js';
import { hasMoinSession, leaveOf } from '../auth/methods/moin-session/method.js';
import { isUrl } from '../base/realm.js';
import type { Settings } from '../config/settings.js';
import type { Emit } from '../session/lifecycle/events.js';
import { SessionManager } from '../session/lifecycle/manager.js';
import type { SessionOwner, SessionStore } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import { FileUserDirectory } from '../users/file.js';
import { OwnDirectory } from '../users/own-directory.js';
import { UserCache } from '../users/user-cache.js';
import { addressReader, clientReader } from './client.js';
import type { Site } from './site.js';

/** The site that these settings describe. */
export function createSite(
  settings: Settings,
  {
    store,
    users,
    userCache,
    signer,
    emit,
  }: Pick<Site, 'users' | 'userCache' | 'signer'> & { store: SessionStore; emit: Emit },
): Site {
  const { clock, lifetimes, maxSessionsPerUser, onLimit } = settings;
  const { methods, anonymousSessions, trusted, trustedOrigins, superuser, trailSize } = settings;
  const chain = methods.map(({ name }) => name);
  const uncached = users && { lookUp: (id: string) => users.findById(id) };
  const isRefused = async (user: SessionOwner) =>
    (await judge(user, { chain, users: uncached })).why !== null;
  const manager = new SessionManager({
    store,
    clock,
    lifetimes,
    maxSessionsPerUser,
    onLimit,
    emit,
    isRefused,
  });
  const addressOf = addressReader(settings);
  return {
    methods,
    chain,
    hasMoinSession: hasMoinSession(methods),
    leave: leaveOf(methods),
    manager,
    signer,
    cookieOptions: settings,
    users,
    userCache,
    addressOf,
    clientOf: clientReader(settings, addressOf),
    isSimulated: false,
    anonymousSessions,
    trusted,
    trustedOrigins,
    superuser,
    trailSize,
  };
}

/** The user directory of the settings; opens a user file. Undefined without the option `users`. */
export function openUsers(
  users: Settings['users'],
  options: { readOnly?: boolean } = {},
): UserDirectory | undefined {
  if (typeof users === 'string' || isUrl(users)) return new FileUserDirectory(users, options);
  return users && new OwnDirectory(users);
}

/** The cache of the option `userCache`; null without it. */
export function openUserCache(
  users: UserDirectory | undefined,
  { userCache, clock }: Pick<Settings, 'userCache' | 'clock'>,
): UserCache | null {
  return users === undefined || userCache === 0 ? null : new UserCache(users, userCache, clock);
}

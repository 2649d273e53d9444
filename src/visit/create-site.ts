import { isUrl } from '../base/realm.js';
import type { Settings } from '../config/settings.js';
import type { Emit } from '../session/lifecycle/events.js';
import { SessionManager } from '../session/lifecycle/manager.js';
import type { SessionStore } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import { FileUserDirectory } from '../users/file.js';
import { clientReader } from './client.js';
import type { Site } from './site.js';

/** The site that these settings describe. */
export function createSite(
  settings: Settings,
  { store, users, signer, emit }: Pick<Site, 'users' | 'signer'> & { store: SessionStore; emit: Emit },
): Site {
  const { clock, lifetimes, maxSessionsPerUser, onLimit } = settings;
  const { methods, anonymousSessions, trusted, trustedOrigins, superuser, trailSize } = settings;
  const manager = new SessionManager({ store, clock, lifetimes, maxSessionsPerUser, onLimit, emit });
  const chain = methods.map(({ name }) => name);
  const options = { anonymousSessions, trusted, trustedOrigins, superuser, trailSize };
  return { methods, chain, manager, signer, users, clientOf: clientReader(settings), ...options };
}

/** The user directory of the settings; opens a user file. Undefined without the option `users`. */
export function openUsers(
  users: Settings['users'],
  options: { readOnly?: boolean } = {},
): UserDirectory | undefined {
  return typeof users === 'string' || isUrl(users) ? new FileUserDirectory(users, options) : users;
}

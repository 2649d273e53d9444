import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.js';
import { readOptions, type Settings } from '../config.js';
import { ConfigurationError } from '../errors.js';
import type { SessionAdmin } from '../session/admin.js';
import { createAdmin } from '../session/store-admin.js';
import type { SessionStore } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import { type Configuration, loadConfiguration } from './config-file.js';
import type { CliContext } from './context.js';
import { momentOf, type SharedOptions } from './options.js';

/** What a command works with: the site's store and users, as flags, environment and configuration name them. */
export interface Site {
  store: SessionStore;
  users: UserDirectory | undefined;
  admin: SessionAdmin;
  /** Stands still at `--at`, if that was given. */
  clock: Clock;
  /** The options, checked, with this very store, users and clock. */
  settings: Settings;
}

/** Opens the site, does the work, and closes the store whatever happens. */
export async function withSite<T>(
  context: CliContext,
  options: SharedOptions,
  work: (site: Site) => Promise<T>,
): Promise<T> {
  const configuration = await loadConfiguration(context, options.config);
  const settings = readSettings(configuration);
  const clock = clockAt(momentOf(options, context.clock()), context.clock);
  const users = await openUsers(settings.users, configuration.folder);
  const store = await openSiteStore(context, options, settings.store, configuration.folder);
  try {
    const admin = createAdmin({ store, users, clock });
    return await work({ store, users, admin, clock, settings: { ...settings, store, users, clock } });
  } finally {
    await store.close();
  }
}

/** The user directory alone, for commands that need no store. */
export async function siteUsers(
  context: CliContext,
  options: SharedOptions,
): Promise<UserDirectory | undefined> {
  const configuration = await loadConfiguration(context, options.config);
  return openUsers(readSettings(configuration).users, configuration.folder);
}

/** @throws ConfigurationError naming the file, if there is one */
function readSettings({ file, options }: Configuration): Settings {
  try {
    return readOptions(options);
  } catch (error) {
    if (file === null || !(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`${file}: ${error.message}`, { cause: error });
  }
}

/** A path in a configuration file starts from its folder, one in flags or environment from here (spec 7). */
async function openSiteStore(
  context: CliContext,
  options: SharedOptions,
  configured: Settings['store'],
  folder: string,
): Promise<SessionStore> {
  const named = options.store ?? (context.env.MOIN_SESSIONS_STORE || undefined);
  if (named !== undefined) return context.openStore(named, { mustExist: true, resolveFrom: context.cwd });
  if (typeof configured === 'object' && !(configured instanceof URL)) return configured;
  return context.openStore(String(configured), { mustExist: true, resolveFrom: folder });
}

async function openUsers(users: Settings['users'], folder: string): Promise<UserDirectory | undefined> {
  if (typeof users === 'object' && !(users instanceof URL)) return users;
  if (users === undefined) return undefined;
  const { FileUserDirectory } = await import('../users/file.js');
  return new FileUserDirectory(users instanceof URL ? fileURLToPath(users) : resolve(folder, users));
}

function clockAt(moment: number | undefined, clock: Clock): Clock {
  return moment === undefined ? clock : () => moment;
}

import { resolve } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { ConfigurationError, StoreError } from '../../base/errors.js';
import { isUrl } from '../../base/realm.js';
import type { SessionsOptions } from '../../config/options.js';
import { SessionLookup } from '../../session/admin/lookup.js';
import { UnlistedSessions } from '../../session/admin/user-entries.js';
import type { SessionStore } from '../../store/contract.js';
import type { UserDirectory } from '../../users/directory.js';
import type { CliContext } from '../context.js';
import { clockOf, type SiteOptions } from '../input/flags.js';
import type { OutputOptions } from '../output/output-options.js';
import { withAudit } from './audit.js';
import { type Configuration, loadConfiguration } from './config-file.js';
import { noteForeignUsers } from './foreign-users.js';
import type { SiteAudit } from './site-audit.js';
import { type MayBeMissing, openSiteStore } from './site-store.js';

export type SiteFlags = SiteOptions & Pick<OutputOptions, 'quiet'>;

/** The opened store and users of a site, as flags, environment and configuration name them. */
export interface OpenSite extends SiteAudit {
  store: SessionStore;
  users: UserDirectory | undefined;
  /** The names of the auth methods in the chain; undefined without a configuration. */
  methods: readonly string[] | undefined;
  /** With it, a look for sessions of users also finds those that the store's lists lack. */
  unlisted: UnlistedSessions | undefined;
  /** Reads sessions. Only commands that change sessions load `SessionAdmin`. */
  lookup: SessionLookup;
  /** Stands still at `--at`, if that is given. */
  clock: Clock;
  /** With `--at`, that moment in ms: sessions that began later are left out. */
  asOf: number | undefined;
  /** The checked options, with the opened store. `users` and `audit` are absolute if they are paths. */
  options: SessionsOptions & { store: SessionStore };
}

/**
 * Opens the site, does the work, and closes the store, even after an error.
 * @param readOnly whether the work writes nothing. Default true
 * @param mayBeMissing which store that is not there is an empty one: none, a configured one, or a named one, too. Default `never`
 * @param isConfigurationNeeded whether the work needs more than a store, such as the auth chain. Default false
 * @param trustsLists whether sessions of users are those that the store's lists have. Default false: all records are read as well
 * @param changes whether the work changes something that the audit log notes. Default: unless `readOnly`
 */
export async function withSite<T>(
  context: CliContext,
  flags: SiteFlags,
  work: (site: OpenSite) => Promise<T>,
  {
    readOnly = true,
    mayBeMissing = 'never',
    isConfigurationNeeded = false,
    trustsLists = false,
    changes = !readOnly,
  }: {
    readOnly?: boolean;
    mayBeMissing?: MayBeMissing;
    isConfigurationNeeded?: boolean;
    trustsLists?: boolean;
    changes?: boolean;
  } = {},
): Promise<T> {
  const configuration = await loadConfiguration(context, flags, { isNeeded: isConfigurationNeeded });
  const { options, methods, users } = await checked(configuration);
  await assertUserFile(configuration, users);
  const clock = clockOf(flags, context.clock);
  return withAudit(context, options, changes, async (audit) => {
    const store = await openSiteStore(context, flags, configuration, { readOnly, mayBeMissing });
    const unlisted = trustsLists ? undefined : new UnlistedSessions();
    try {
      await store.open?.();
      await noteForeignUsers(context, flags, configuration, store.location);
      const asOf = flags.at === undefined ? undefined : clock();
      const lookup = new SessionLookup({ store, users, methods, clock, asOf, unlisted });
      const site = { store, users, methods, unlisted, lookup, clock, asOf, options: { ...options, store } };
      return await work({ ...site, ...audit });
    } finally {
      await store.close();
      // Late, because it is rare.
      if (unlisted !== undefined && unlisted.count > 0 && !flags.quiet)
        await (await import('./note-unlisted.js')).noteUnlisted(context, unlisted);
    }
  });
}

/** The options of a command that needs a configuration, and opens nothing. Its user file may be missing: the first user makes it. */
export async function siteOptions(context: CliContext, flags: SiteFlags): Promise<SessionsOptions> {
  return (await checked(await loadConfiguration(context, flags, { isNeeded: true }))).options;
}

interface CheckedSite {
  /** `users` and `audit` are absolute if they are paths. */
  options: SessionsOptions;
  /** The names of the auth methods. */
  methods: readonly string[] | undefined;
  users: UserDirectory | undefined;
}

/** Checks all that `createSessions` checks. @throws ConfigurationError that names the file */
async function checked({ file, folder, options }: Configuration): Promise<CheckedSite> {
  if (file === null) return { options, methods: undefined, users: undefined };
  const { readOptions } = await import('../../config/settings.js');
  const { assertUsable } = await import('../../config/usable.js');
  const settings = inFile(file, () => readOptions(options));
  const { users, audit } = options;
  const absolute = {
    ...options,
    ...(typeof users === 'string' && { users: resolve(folder, users) }),
    ...(typeof audit === 'string' && audit !== 'syslog' && { audit: resolve(folder, audit) }),
  };
  const directory = await openUsers(absolute.users);
  inFile(file, () => assertUsable(settings, directory));
  return { options: absolute, methods: settings.methods.map(({ name }) => name), users: directory };
}

/** Names the file in a fault of the configuration. */
function inFile<T>(file: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`${file}: ${error.message}`, { cause: error });
  }
}

/** @throws ConfigurationError when the user file is missing: with another path every session would look refused */
async function assertUserFile(
  { file, options }: Configuration,
  users: UserDirectory | undefined,
): Promise<void> {
  // The command line does not start an application's own directory.
  if (users === undefined || users === options.users) return;
  try {
    await users.open?.();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // One that cannot be read has a cause, and stops only those who ask it: a purge goes on.
    if (error.cause === undefined)
      throw new ConfigurationError(`${file}: ${error.message}`, { cause: error });
  }
}

/** Opens a user file. An application's own directory stays as it is. */
export async function openUsers(users: SessionsOptions['users']): Promise<UserDirectory | undefined> {
  if (users === undefined || (typeof users === 'object' && !isUrl(users))) return users;
  const { FileUserDirectory } = await import('../../users/file.js');
  return new FileUserDirectory(users);
}

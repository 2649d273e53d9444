import { resolve } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { ConfigurationError, StoreError, UsageError } from '../../base/errors.js';
import { isUrl } from '../../base/realm.js';
import type { SessionsOptions } from '../../config/options.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import { SessionLookup } from '../../session/admin/lookup.js';
import { UnlistedSessions } from '../../session/admin/user-entries.js';
import type { SessionStore } from '../../store/contract.js';
import { gapsOf } from '../../store/gaps.js';
import type { UserDirectory } from '../../users/directory.js';
import type { CliContext } from '../context.js';
import { clockOf, type SiteOptions } from '../input/flags.js';
import type { OutputOptions } from '../output/output-options.js';
import { withAudit } from './audit.js';
import { type Configuration, loadConfiguration } from './config-file.js';
import { noteForeignUsers } from './foreign-users.js';
import { type Sight, tellingGaps } from './gaps.js';
import type { SiteAudit } from './site-audit.js';
import { type MayBeMissing, openSiteStore, placeOfStore, type StorePlace } from './site-store.js';
import { isWiki, namesWiki } from './wiki.js';

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
 * @param sight what the work has to see of the store; null for named sessions alone. Default null
 * @param saysGaps whether the work itself says what it could not see. Default false
 * @param refusesWiki why the work is not for a MoinMoin wiki, and what to do; default: it is
 * @throws UsageError with `refusesWiki`
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
    refusesWiki,
    sight = null,
    saysGaps = false,
  }: {
    readOnly?: boolean;
    mayBeMissing?: MayBeMissing;
    isConfigurationNeeded?: boolean;
    trustsLists?: boolean;
    changes?: boolean;
    refusesWiki?: string;
    sight?: Sight | null;
    saysGaps?: boolean;
  } = {},
): Promise<T> {
  const isNeeded = isConfigurationNeeded && !namesWiki(context, flags);
  const configuration = await loadConfiguration(context, flags, { isNeeded });
  const place = placeOfStore(context, flags, configuration);
  if (refusesWiki !== undefined && isWiki(place.store)) throw new UsageError(refusesWiki);
  const {
    options,
    methods,
    users: configured,
  } = await (isWiki(place.store) ? checkedForWiki(configuration, place) : checked(configuration));
  await assertUserFile(configuration, configured);
  const clock = clockOf(flags, context.clock);
  return withAudit(context, options, changes, async (audit) => {
    const store = await openSiteStore(context, flags, configuration, { readOnly, mayBeMissing });
    // A wiki has no lists: each look reads all its sessions.
    const unlisted = trustsLists || isMoinStore(store) ? undefined : new UnlistedSessions();
    try {
      await store.open?.();
      const users = isMoinStore(store) ? (store.users ?? undefined) : configured;
      if (!isMoinStore(store)) await noteForeignUsers(context, flags, configuration, store.location);
      // A wiki keeps when a session was written last, not when it began.
      const asOf = flags.at === undefined || isMoinStore(store) ? undefined : clock();
      const lookup = new SessionLookup({ store, users, methods, clock, asOf, unlisted });
      const site = { store, users, methods, unlisted, lookup, clock, asOf, options: { ...options, store } };
      return await tellingGaps(context, store, { sight, quiet: flags.quiet || saysGaps }, () =>
        work({ ...site, ...audit }),
      );
    } finally {
      await store.close();
      if (unlisted !== undefined && unlisted.count > 0 && !flags.quiet && !hasGaps(store))
        // Late, because it is rare.
        await (await import('./note-unlisted.js')).noteUnlisted(context, unlisted);
    }
  });
}

/** Whether something may not be read: that may be a list that has the sessions which no other list has. */
function hasGaps(store: SessionStore): boolean {
  return (gapsOf(store)?.list() ?? []).length > 0;
}

/**
 * Refuses the store if it is a MoinMoin wiki, and opens nothing: for a command that reads stdin or a large file before it opens the site.
 * @throws UsageError with the reason and the remedy; ConfigurationError as `loadConfiguration`
 */
export async function refuseWiki(context: CliContext, flags: SiteFlags, reason: string): Promise<void> {
  if (namesWiki(context, flags)) throw new UsageError(reason);
  // Quiet: `withSite` writes the same notes.
  const configuration = await loadConfiguration(context, { ...flags, quiet: true });
  if (isWiki(placeOfStore(context, flags, configuration).store)) throw new UsageError(reason);
}

/**
 * The options of a command that needs a configuration, and opens nothing. Its user file may be missing: the first user makes it.
 * @param refusesWiki as for `withSite`
 */
export async function siteOptions(
  context: CliContext,
  flags: SiteFlags,
  { refusesWiki }: { refusesWiki?: string } = {},
): Promise<SessionsOptions> {
  if (refusesWiki !== undefined && namesWiki(context, flags)) throw new UsageError(refusesWiki);
  const configuration = await loadConfiguration(context, flags, { isNeeded: true });
  const { store } = placeOfStore(context, flags, configuration);
  if (refusesWiki !== undefined && isWiki(store)) throw new UsageError(refusesWiki);
  return (await checked(configuration)).options;
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
  const absolute = withPaths(options, folder);
  const directory = await openUsers(absolute.users);
  inFile(file, () => assertUsable(settings, directory));
  return { options: absolute, methods: settings.methods.map(({ name }) => name), users: directory };
}

/** The options, with absolute paths. */
function withPaths(options: SessionsOptions, folder: string): SessionsOptions {
  const { users, audit } = options;
  return {
    ...options,
    ...(typeof users === 'string' && { users: resolve(folder, users) }),
    ...(typeof audit === 'string' && audit !== 'syslog' && { audit: resolve(folder, audit) }),
  };
}

/**
 * On a MoinMoin wiki neither the users nor the chain of a configuration count. If it was only found, and another place names the store,
 * nothing but its audit log counts.
 * @throws ConfigurationError as `checked`, for a configuration that is meant
 */
async function checkedForWiki(
  { file, folder, namedBy, options }: Configuration,
  { origin }: StorePlace,
): Promise<CheckedSite> {
  const others = { methods: undefined, users: undefined };
  if (file === null) return { options, ...others };
  const { audit } = options;
  if (namedBy === null && origin !== 'file')
    return { options: withPaths(audit === undefined ? {} : { audit }, folder), ...others };
  const { readOptions } = await import('../../config/settings.js');
  inFile(file, () => readOptions(options));
  const { users: _, ...counting } = options;
  return { options: withPaths(counting, folder), ...others };
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

import { resolve } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { ConfigurationError } from '../../base/errors.js';
import { isUrl } from '../../base/realm.js';
import type { SessionsOptions } from '../../config/options.js';
import type { Settings } from '../../config/settings.js';
import { SessionLookup } from '../../session/admin/lookup.js';
import { DEFAULT_STORE, type SessionStore } from '../../store/contract.js';
import { isStore } from '../../store/is-store.js';
import { isFileAddress } from '../../store/opener.js';
import type { UserDirectory } from '../../users/directory.js';
import type { CliContext } from '../context.js';
import { clockOf, type SiteOptions } from '../input/flags.js';
import { assertNoPassword } from '../input/store-address.js';
import type { OutputOptions } from '../output/output-options.js';
import { type Configuration, loadConfiguration } from './config-file.js';

export type SiteFlags = SiteOptions & Pick<OutputOptions, 'quiet'>;

/** The opened store and users of a site, as flags, environment and configuration name them. */
export interface OpenSite {
  store: SessionStore;
  users: UserDirectory | undefined;
  /** The names of the auth methods in the chain; undefined without a configuration. */
  methods: readonly string[] | undefined;
  /** Reads sessions. Only commands that change sessions load `SessionAdmin`. */
  lookup: SessionLookup;
  /** Stands still at `--at`, if that is given. */
  clock: Clock;
  /** The checked options, with the opened store. `users` is absolute if it is a path. */
  options: SessionsOptions & { store: SessionStore };
}

/**
 * Opens the site, does the work, and closes the store, even after an error.
 * @param readOnly whether the work writes nothing. Default true
 * @param mayBeNew whether a store that is not there is an empty one. Default false
 * @param isConfigurationNeeded whether the work needs more than a store, such as the auth chain. Default false
 */
export async function withSite<T>(
  context: CliContext,
  flags: SiteFlags,
  work: (site: OpenSite) => Promise<T>,
  {
    readOnly = true,
    mayBeNew = false,
    isConfigurationNeeded = false,
  }: { readOnly?: boolean; mayBeNew?: boolean; isConfigurationNeeded?: boolean } = {},
): Promise<T> {
  const configuration = await loadConfiguration(context, flags, { isNeeded: isConfigurationNeeded });
  const { options, methods } = await checked(configuration);
  const clock = clockOf(flags, context.clock);
  const users = await openUsers(options.users);
  const store = await openSiteStore(context, flags, options, {
    resolveFrom: configuration.folder,
    readOnly,
    mustExist: !mayBeNew,
  });
  try {
    await store.open?.();
    const lookup = new SessionLookup({ store, users, methods, clock });
    return await work({ store, users, methods, lookup, clock, options: { ...options, store } });
  } finally {
    await store.close();
  }
}

/** Opens the user directory alone, for commands that need no store. */
export async function siteUserDirectory(
  context: CliContext,
  flags: SiteFlags,
): Promise<UserDirectory | undefined> {
  const { options } = await checked(await loadConfiguration(context, flags, { isNeeded: true }));
  return openUsers(options.users);
}

/**
 * Checks the options. Returns them, with `users` absolute if it is a path, and the names of the auth methods.
 * @throws ConfigurationError that names the file
 */
async function checked({
  file,
  folder,
  options,
}: Configuration): Promise<{ options: SessionsOptions; methods: readonly string[] | undefined }> {
  if (file === null) return { options, methods: undefined };
  const methods = (await settingsOf(file, options)).methods.map(({ name }) => name);
  const { users } = options;
  const isPath = typeof users === 'string';
  return { options: isPath ? { ...options, users: resolve(folder, users) } : options, methods };
}

async function settingsOf(file: string, options: SessionsOptions): Promise<Settings> {
  const { readOptions } = await import('../../config/settings.js');
  try {
    return readOptions(options);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`${file}: ${error.message}`, { cause: error });
  }
}

/** Paths in a configuration start from its folder, paths in flags or environment from the current folder (spec 7). */
async function openSiteStore(
  context: CliContext,
  flags: SiteFlags,
  { store: configured = DEFAULT_STORE, durability }: SessionsOptions,
  { resolveFrom, readOnly, mustExist }: { resolveFrom: string; readOnly: boolean; mustExist: boolean },
): Promise<SessionStore> {
  const named = flags.store ?? (context.env.MOIN_SESSIONS_STORE || undefined);
  if (flags.store !== undefined) assertNoPassword(flags.store, '--store');
  const how = { mustExist, readOnly };
  if (named !== undefined)
    return context.openStore(named, {
      ...how,
      ...(durability && isFileAddress(named) && { durability }),
      resolveFrom: context.cwd,
    });
  if (isStore(configured)) return configured;
  return context.openStore(String(configured), { ...how, ...(durability && { durability }), resolveFrom });
}

async function openUsers(users: SessionsOptions['users']): Promise<UserDirectory | undefined> {
  if (users === undefined || (typeof users === 'object' && !isUrl(users))) return users;
  const { FileUserDirectory } = await import('../../users/file.js');
  return new FileUserDirectory(users);
}

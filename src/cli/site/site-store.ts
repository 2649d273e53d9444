import { StoreError } from '../../base/errors.js';
import { DEFAULT_STORE, type SessionStore } from '../../store/contract.js';
import { MissingStoreError } from '../../store/file/store-folder.js';
import { isStore } from '../../store/is-store.js';
import { isFileAddress } from '../../store/opener.js';
import type { CliContext } from '../context.js';
import type { SiteOptions } from '../input/flags.js';
import { assertNoPassword } from '../input/store-address.js';
import type { Configuration } from './config-file.js';
import { givenSettings, settingsInForce } from './wiki.js';

/** Where a setting came from: the flag or variable that gave it, the configuration, or nothing. */
type Origin = '--store' | 'MOIN_SESSIONS_STORE' | 'file' | 'default';

/** The store that flags, environment and configuration name. */
export interface StorePlace {
  /** An address, or the application's own object. */
  store: string | SessionStore;
  origin: Origin;
  /** The folder that a relative path starts from: of the configuration, or the current one (spec 7). */
  resolveFrom: string;
}

/** `configured`: what flags and environment name is meant to be there. `folder`: the same, for a store in files alone. */
export type MayBeMissing = 'never' | 'folder' | 'configured' | 'any';

/** @throws UsageError for a password in `--store` */
export function placeOfStore(
  { cwd, env }: Pick<CliContext, 'cwd' | 'env'>,
  { store: named }: Pick<SiteOptions, 'store'>,
  { folder, options }: Configuration,
): StorePlace {
  const variable = env.MOIN_SESSIONS_STORE || undefined;
  if (named !== undefined) {
    assertNoPassword(named, '--store');
    return { store: named, origin: '--store', resolveFrom: cwd };
  }
  if (variable !== undefined) return { store: variable, origin: 'MOIN_SESSIONS_STORE', resolveFrom: cwd };
  const { store } = options;
  if (store === undefined) return { store: DEFAULT_STORE, origin: 'default', resolveFrom: folder };
  return { store: isStore(store) ? store : String(store), origin: 'file', resolveFrom: folder };
}

/**
 * Opens the store of the site.
 * @param mayBeMissing which store that is not there yet is an empty one
 * @throws StoreError also when there is none: without a configuration it says where one was looked for; UsageError and
 * ConfigurationError for settings of a wiki that are wrong, or not for this store
 */
export async function openSiteStore(
  context: CliContext,
  flags: Pick<SiteOptions, 'store' | 'wikiConfig'>,
  configuration: Configuration,
  { readOnly, mayBeMissing = 'never' }: { readOnly: boolean; mayBeMissing?: MayBeMissing },
): Promise<SessionStore> {
  const { store, origin, resolveFrom } = placeOfStore(context, flags, configuration);
  const given = await givenSettings(context, flags, store);
  const wiki = given && settingsInForce(store, given);
  if (typeof store !== 'string')
    return wiki === undefined ? store : context.openStore(store.location, { readOnly, wiki });
  const { durability } = configuration.options;
  // Redis refuses the option. A store that a flag names may be of another kind than the one that the option is for.
  const isConfigured = origin === 'file' || origin === 'default';
  // Without a configuration the default is a guess, as in the wrong folder.
  const isOfSite = isConfigured && configuration.file !== null;
  const mayBe: MayBeMissing[] = isFileAddress(store) ? ['configured', 'folder'] : ['configured'];
  const isFor = isConfigured || isFileAddress(store);
  try {
    return await context.openStore(store, {
      mustExist: !(mayBeMissing === 'any' || (isOfSite && mayBe.includes(mayBeMissing))),
      readOnly,
      ...(durability && isFor && { durability }),
      resolveFrom,
      ...(wiki && { wiki }),
    });
  } catch (error) {
    if (configuration.file !== null || origin !== 'default' || !(error instanceof MissingStoreError))
      throw error;
    throw new StoreError(
      `there is no store here, and no configuration: no file moin-sessions.config.{ts,mts,js,mjs,json} lies in ${context.cwd} or above it; name one with --config or MOIN_SESSIONS_CONFIG, or a store with --store or MOIN_SESSIONS_STORE`,
      { cause: error },
    );
  }
}

import { UsageError } from '../../base/errors.js';
import type { SessionsOptions } from '../../config/options.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import type { WikiSettings } from '../../moin/settings.js';
import type { SessionStore } from '../../store/contract.js';
import { isMoinAddress } from '../../store/opener.js';
import type { CliContext } from '../context.js';
import type { SiteOptions } from '../input/flags.js';

/** The settings of a wiki that `--wiki-config` gives, unchecked; undefined without the flag. */
export type GivenSettings = Record<string, unknown> | undefined;

/** Whether a store, or an address, is that of a MoinMoin wiki. */
export function isWiki(store: string | SessionStore): boolean {
  return typeof store === 'string' ? isMoinAddress(store) : isMoinStore(store);
}

/** The options of a configuration that count on a wiki. */
const COUNTING: readonly string[] = ['store', 'audit'] satisfies (keyof SessionsOptions)[];

/** Whether an option has an effect on a wiki: it has its own users, cookies and lifetimes. */
export function countsOnWiki(option: string): boolean {
  return COUNTING.includes(option);
}

/** Whether flags or environment name a wiki: then no configuration is needed, and one that was only found is another site's. */
export function namesWiki({ env }: Pick<CliContext, 'env'>, { store }: Pick<SiteOptions, 'store'>): boolean {
  const where = store ?? env.MOIN_SESSIONS_STORE;
  return Boolean(where) && isMoinAddress(where ?? '');
}

/** @throws UsageError as `wikiSettingsOf`, and when the store is no wiki; ConfigurationError for a wrong setting */
export async function givenSettings(
  { cwd }: Pick<CliContext, 'cwd'>,
  { wikiConfig }: Pick<SiteOptions, 'wikiConfig'>,
  store: string | SessionStore,
): Promise<GivenSettings> {
  if (wikiConfig === undefined) return undefined;
  if (!isWiki(store))
    throw new UsageError(
      "--wiki-config has no effect: the store is no MoinMoin wiki; name one with --store 'moin:DIR', or leave the flag out",
    );
  // Late: most sites have no wiki.
  return (await import('../input/wiki-settings.js')).wikiSettingsOf(wikiConfig, cwd);
}

/** The settings in force: those of the flag before those of a store object. A null of the flag stands for MoinMoin's default. */
export function settingsInForce(
  store: string | SessionStore,
  given: NonNullable<GivenSettings>,
): WikiSettings {
  const configured = isMoinStore(store) ? store.settings : {};
  const all = Object.entries({ ...configured, ...given });
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as WikiSettings;
}

import { StoreError } from '../../base/errors.js';
import type { Json } from '../../base/json.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import type { CliContext } from '../context.js';
import { note } from '../output/note.js';
import type { Setting } from '../output/settings.js';
import type { Configuration } from './config-file.js';
import type { SiteFlags } from './site.js';
import { openSiteStore, placeOfStore } from './site-store.js';
import { givenSettings, isWiki } from './wiki.js';

/**
 * What `config show` says of a MoinMoin wiki: its layout, and the settings that the flag or a store object give; nothing of another
 * store. A wiki that is not there has no layout, and is noted on stderr.
 * @throws UsageError, ConfigurationError as `givenSettings`
 */
export async function wikiRows(
  context: CliContext,
  flags: SiteFlags,
  configuration: Configuration,
): Promise<Setting[]> {
  const place = placeOfStore(context, flags, configuration);
  const given = (await givenSettings(context, flags, place.store)) ?? {};
  if (!isWiki(place.store)) return [];
  const configured = isMoinStore(place.store) ? place.store.settings : {};
  const settings: Record<string, unknown> = { ...configured, ...given };
  return [
    {
      name: 'wiki layout',
      value: await layoutOf(context, flags, configuration),
      origin: 'default',
      from: null,
    },
    ...Object.entries(settings).map(([name, value]): Setting => {
      const isFlags = Object.hasOwn(given, name);
      return {
        name: `wiki ${name}`,
        value: value as Json,
        origin: isFlags ? 'flag' : 'file',
        from: isFlags ? '--wiki-config' : configuration.file,
      };
    }),
  ];
}

async function layoutOf(
  context: CliContext,
  flags: SiteFlags,
  configuration: Configuration,
): Promise<string | null> {
  const store = await openSiteStore(context, flags, configuration, { readOnly: true });
  try {
    return isMoinStore(store) ? `MoinMoin ${store.layout}` : null;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    await note(context, error.message);
    return null;
  } finally {
    await store.close();
  }
}

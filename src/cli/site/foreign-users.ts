import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_STORE } from '../../store/contract.js';
import { isStore } from '../../store/is-store.js';
import { isFileAddress } from '../../store/opener.js';
import type { CliContext } from '../context.js';
import type { SiteOptions } from '../input/flags.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import type { Configuration } from './config-file.js';

/**
 * Says that the users and the chain of a configuration that was only found judge a store that another site may own: its sessions may
 * look refused. A configuration that is named is meant.
 */
export async function noteForeignUsers(
  context: CliContext,
  flags: SiteOptions & Pick<OutputOptions, 'quiet'>,
  { file, folder, options }: Configuration,
  location: string,
): Promise<void> {
  const isNamed = flags.config !== undefined || Boolean(context.env.MOIN_SESSIONS_CONFIG);
  if (flags.store === undefined || file === null || isNamed || flags.quiet) return;
  const { store: configured = DEFAULT_STORE } = options;
  if (isStore(configured) || isSamePlace(String(configured), folder, location)) return;
  await note(
    context,
    `${file} names another store, and its users judge this one: name the right file with --config`,
  );
}

/** Whether a configured address is the location of an open store. */
function isSamePlace(where: string, folder: string, location: string): boolean {
  if (!isFileAddress(where)) return where === location;
  const path = where.startsWith('file://') ? fileURLToPath(where) : where.replace(/^file:/, '');
  return location === `file:${resolve(folder, path)}`;
}

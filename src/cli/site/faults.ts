import { resolve } from 'node:path';
import { probeAudit } from '../../audit/open.js';
import { MoinSessionsError } from '../../base/errors.js';
import { assertTakesSessions } from '../../config/checks.js';
import { type OptionFault, optionFaults } from '../../config/faults.js';
import { readOptions } from '../../config/settings.js';
import { assertUsable } from '../../config/usable.js';
import type { SecretKeeper } from '../../store/contract.js';
import { keptSecrets } from '../../store/secret.js';
import type { UserDirectory } from '../../users/directory.js';
import type { CliContext } from '../context.js';
import type { Configuration } from './config-file.js';
import { openUsers, type SiteFlags } from './site.js';
import { openSiteStore, placeOfStore } from './site-store.js';

/** An id that no session has. */
const NOBODY = '0'.repeat(32);

/**
 * All that `createSessions` and `sessions.open()` would refuse. Opens store and users for reading, and writes nothing. A store
 * that is not there yet is none of it: a server makes it.
 * @returns the faults, and where the store is
 */
export async function configurationFaults(
  context: CliContext,
  flags: SiteFlags,
  configuration: Configuration,
): Promise<{ faults: OptionFault[]; location: string }> {
  const faults = optionFaults(configuration.options);
  const wrong = new Set(faults.map(({ option }) => option));
  const users = wrong.has('users') ? undefined : await usersIn(configuration, faults);
  if (faults.length === 0)
    await collecting(faults, 'auth', () => assertUsable(readOptions(configuration.options), users));
  const { folder, options } = configuration;
  if (!wrong.has('audit')) await collecting(faults, 'audit', () => probeAudit(options.audit, folder));
  const location = wrong.has('store') ? '' : await tryStore(context, flags, configuration, faults);
  return { faults, location };
}

async function usersIn(
  { folder, options: { users } }: Configuration,
  faults: OptionFault[],
): Promise<UserDirectory | undefined> {
  const directory = await openUsers(typeof users === 'string' ? resolve(folder, users) : users);
  await collecting(faults, 'users', () => directory?.open?.());
  return directory;
}

/** Returns where the store is. */
async function tryStore(
  context: CliContext,
  flags: SiteFlags,
  configuration: Configuration,
  faults: OptionFault[],
): Promise<string> {
  let location = '';
  await collecting(faults, 'store', async () => {
    // What a flag names is not what a server opens.
    if (placeOfStore(context, flags, configuration).origin === 'file')
      assertTakesSessions(configuration.options.store);
    const store = await openSiteStore(context, flags, configuration, { readOnly: true, mayBeMissing: 'any' });
    location = store.location;
    try {
      await store.open?.();
      await store.find(NOBODY);
      if (configuration.options.secrets === undefined) await keptSecrets(store as Partial<SecretKeeper>);
    } finally {
      await store.close();
    }
  });
  return location;
}

/** Adds the error that `work` throws. An application's own store or directory may throw anything. */
async function collecting(faults: OptionFault[], option: string, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = error instanceof MoinSessionsError ? reason : `option ${option}: ${reason}`;
    faults.push({ option, message });
  }
}

import { resolve } from 'node:path';
import { probeAudit } from '../../audit/open.js';
import { readChain } from '../../auth/builtin.js';
import { MoinSessionsError } from '../../base/errors.js';
import { type OptionFault, optionFaults } from '../../config/faults.js';
import { configureMethods } from '../../config/usable.js';
import type { SecretKeeper } from '../../store/contract.js';
import { keptSecrets } from '../../store/secret.js';
import type { UserDirectory } from '../../users/directory.js';
import type { CliContext } from '../context.js';
import type { Configuration } from './config-file.js';
import { assertOpen } from './gaps.js';
import { superuserHints, wikiHints } from './hints.js';
import { openUsers, type SiteFlags } from './site.js';
import { openSiteStore, placeOfStore } from './site-store.js';
import { isWiki } from './wiki.js';

/** An id that no session has. */
const NOBODY = '0'.repeat(32);

/** What is to be said of a configuration. */
interface Verdict {
  faults: OptionFault[];
  /** What is no fault and may surprise, in sentences. */
  hints: string[];
  /** Where the store is; empty if that is not known. */
  location: string;
}

/**
 * All that `createSessions` and `sessions.open()` would refuse. Opens store and users for reading, and writes nothing. A store
 * that is not there yet is none of it: a server makes it. Of a configuration whose store is a MoinMoin wiki, which no server
 * takes, all that the command line would refuse.
 */
export async function configurationFaults(
  context: CliContext,
  flags: SiteFlags,
  configuration: Configuration,
): Promise<Verdict> {
  const { folder, options } = configuration;
  const faults = optionFaults(options);
  const wrong = new Set(faults.map(({ option }) => option));
  const place = placeOfStore(context, flags, configuration);
  const isForWiki = place.origin === 'file' && isWiki(place.store);
  const hints = isForWiki ? wikiHints(options) : [];
  if (!isForWiki) {
    const users = wrong.has('users') ? undefined : await usersIn(configuration, faults);
    if (!wrong.has('users') && !wrong.has('auth'))
      await collecting(faults, 'auth', () => configureMethods(readChain(options.auth ?? [], true), users));
    if (faults.length === 0) hints.push(...(await superuserHints(options, users)));
  }
  if (!wrong.has('audit')) await collecting(faults, 'audit', () => probeAudit(options.audit, folder));
  const location = wrong.has('store') ? '' : await tryStore(context, flags, configuration, faults);
  return { faults, hints, location };
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
    const store = await openSiteStore(context, flags, configuration, { readOnly: true, mayBeMissing: 'any' });
    location = store.location;
    try {
      await store.open?.();
      assertOpen(store);
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

import { NotFoundError } from '../../../base/errors.js';
import type { CliContext } from '../../context.js';
import { type OpenSite, type SiteFlags, withSite } from '../../site/site.js';
import { LogReader } from './reader.js';
import { ALWAYS, readWhole } from './unknown-users.js';

/**
 * Refuses the beginning of an id that no entry and no session has, as `assertUsersKnown` refuses names.
 * @param knowsId whether an entry read so far has it
 * @throws NotFoundError
 */
export async function assertIdKnown(
  context: CliContext,
  flags: SiteFlags,
  idPrefix: string,
  { knowsId, path }: { knowsId: boolean; path: string },
): Promise<void> {
  if (idPrefix === '' || knowsId || !(await isStranger(context, flags, idPrefix))) return;
  const older = await readWhole(new LogReader(context, path, { ...ALWAYS, users: [], idPrefix }));
  if (!older.knowsId)
    throw new NotFoundError(`there is no entry and no session whose id begins with ${idPrefix}`);
}

/** Whether no session has it. Where the store cannot be asked, no id is called unknown. */
async function isStranger(context: CliContext, flags: SiteFlags, idPrefix: string): Promise<boolean> {
  try {
    return await withSite(context, flags, async (site) => !(await hasSession(site, idPrefix)));
  } catch (error) {
    return error instanceof NotFoundError;
  }
}

async function hasSession({ store }: OpenSite, prefix: string): Promise<boolean> {
  for await (const { id } of store.scan({ prefix })) if (id.startsWith(prefix)) return true;
  return false;
}

import { NotFoundError } from '../../base/errors.js';
import { askDirectory } from '../../session/admin/refusal.js';
import { userIdsByName } from '../../session/admin/select.js';
import type { OpenSite } from '../site/site.js';
import type { ResolvedIds } from './session-ids.js';

/**
 * Resolves `--user` and `--user-id` to ids of users; returns null without either flag. `--user` is first tried as a name,
 * then as an id, because "17" may be both.
 * @throws NotFoundError when neither the directory nor a session knows any of these users
 */
export async function resolveUsers(
  site: OpenSite,
  names: readonly string[],
  ids: readonly string[],
): Promise<ResolvedIds | null> {
  if (names.length + ids.length === 0) return null;
  const found = new Set<string>();
  const missing: string[] = [];
  for (const [name, named] of await userIdsByName(site, names)) {
    for (const id of named) found.add(id);
    if (named.size === 0) await addById(name);
  }
  for (const id of ids) await addById(id);
  if (found.size === 0)
    throw new NotFoundError(`${missing.map(noSuchUser).join(', ')}: see 'moin-sessions list'`);
  return { ids: [...found], missing };

  async function addById(id: string): Promise<void> {
    if (await isKnown(site, id)) found.add(id);
    else missing.push(id);
  }
}

export function noSuchUser(user: string): string {
  return `there is no session of a user '${user}', and no such user`;
}

/** Asks the store's list first, then the directory, and reads all records last. */
async function isKnown({ store, users, unlisted }: OpenSite, id: string): Promise<boolean> {
  for await (const _session of store.findByUser(id, { past: true })) return true;
  if (users !== undefined && (await askDirectory(users, (directory) => directory.findById(id))) !== null)
    return true;
  if (unlisted === undefined) return false;
  for await (const { record } of store.scan()) if (record?.user?.id === id) return true;
  return false;
}

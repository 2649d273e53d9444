import { StoreError } from '../../../base/errors.js';
import type { SessionsOptions } from '../../../config/options.js';
import type { CliContext } from '../../context.js';
import { note } from '../../output/note.js';
import { openUsers } from '../../site/site.js';

/** The names with the ids of those whom the directory knows: entries from before a rename have the id alone in common. */
export async function withUserIds(
  context: CliContext,
  names: readonly string[],
  { users }: SessionsOptions,
): Promise<string[]> {
  if (names.length === 0) return [];
  const directory = await openUsers(users);
  const ids: string[] = [];
  try {
    for (const name of names) ids.push((await directory?.findByName(name))?.id ?? name);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    await note(context, `${error.message}; entries from before a rename are left out`);
  }
  return [...new Set([...names, ...ids])];
}

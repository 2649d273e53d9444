import { NotFoundError, PartialError } from '../../../base/errors.js';
import type { CliContext } from '../../context.js';
import { resolveUsers } from '../../selection/user-names.js';
import { type SiteFlags, withSite } from '../../site/site.js';
import type { LogFilter } from './entries.js';
import { LogReader } from './reader.js';

/** Whenever, and whatever. */
export const ALWAYS = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY, events: [] };

/**
 * Refuses names that no entry, no session and no directory knows: a name that is mistyped has no history, which looks innocent (spec 7).
 * @param named those whom the entries read so far name
 * @throws NotFoundError for all of them; PartialError for some
 */
export async function assertUsersKnown(
  context: CliContext,
  flags: SiteFlags,
  users: readonly string[],
  { named, path }: { named: ReadonlySet<string>; path: string },
): Promise<void> {
  const silent = users.filter((user) => !named.has(user));
  if (silent.length === 0) return;
  const strangers = await strangersOf(context, flags, silent);
  if (strangers.length === 0) return;
  const filter: LogFilter = { ...ALWAYS, users: strangers, idPrefix: '' };
  const { named: older } = await readWhole(new LogReader(context, path, filter));
  const unknown = strangers.filter((user) => !older.has(user));
  if (unknown.length === 0) return;
  const sentence = unknown
    .map((user) => `there is no entry and no session of a user '${user}', and no such user`)
    .join(', ');
  throw unknown.length < users.length ? new PartialError(sentence) : new NotFoundError(sentence);
}

/** Those whom neither the directory nor a session knows. Where these cannot be asked, nobody is called unknown. */
async function strangersOf(
  context: CliContext,
  flags: SiteFlags,
  users: readonly string[],
): Promise<readonly string[]> {
  try {
    return await withSite(
      context,
      flags,
      async (site) => (await resolveUsers(site, users, []))?.missing ?? [],
    );
  } catch (error) {
    return error instanceof NotFoundError ? users : [];
  }
}

/** Reads all entries, for what the reader notes of them. */
export async function readWhole(reader: LogReader): Promise<LogReader> {
  try {
    for await (const _entry of reader.entries(true));
  } finally {
    reader.close();
  }
  return reader;
}

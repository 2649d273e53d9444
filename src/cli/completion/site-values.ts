import type { UserDirectory } from '../../users/directory.js';
import type { CliContext } from '../context.js';
import { relativeTime, SHORT_ID } from '../output/humanize.js';
import { type OpenSite, openUsers, type SiteFlags, siteOptions, withSite } from '../site/site.js';
import type { Candidate } from './candidate.js';

/** Takes a candidate. Returns false when no more are wanted. */
type Take = (candidate: Candidate) => boolean;

/** Finds values in a site, which is opened as every command opens it, by the same rules of trust. */
export type Source = (context: CliContext, flags: SiteFlags, typed: string, take: Take) => Promise<void>;

/** How many records are read in search of users, at least and at most, and for how long beyond the least (ms): a Tab has 200 ms. */
const LOOK = { least: 1000, most: 50_000, time: 50 };

/** Ids that begin with the typed digits, two at least: a file store then reads one folder of 256. */
export const sessionIds: Source = async (context, flags, typed, take) => {
  if (!/^[0-9a-f]{2,32}$/.test(typed)) return;
  const length = typed.length < SHORT_ID ? SHORT_ID : 32;
  await withSite(context, flags, async ({ store, clock }) => {
    for await (const { id, record } of store.scan({ prefix: typed })) {
      const who = record === null ? 'unreadable' : (record.user?.name ?? 'anonymous');
      const when = record === null ? '' : `, seen ${relativeTime(new Date(record.seen), clock())}`;
      if (!take({ value: id.slice(0, length), text: who + when })) return;
    }
  });
};

/** Names of users: of the directory, then of the first records in the store: no store lists its users, so a Tab cannot know all. */
export const userNames: Source = (context, flags, _typed, take) =>
  withSite(context, flags, (site) => siteUsers(context, site, ({ name }) => take({ value: name, text: '' })));

/** The same by their ids. */
export const userIds: Source = (context, flags, _typed, take) =>
  withSite(context, flags, (site) =>
    siteUsers(context, site, ({ id, name }) => take({ value: id, text: name })),
  );

/** Names of users of the directory alone. */
export const directoryUserNames: Source = async (context, flags, _typed, take) => {
  for (const { name, disabled } of await listed(await openUsers((await siteOptions(context, flags)).users)))
    if (!take({ value: name, text: disabled ? 'disabled' : '' })) return;
};

async function siteUsers(
  { clock }: Pick<CliContext, 'clock'>,
  { store, users }: Pick<OpenSite, 'store' | 'users'>,
  take: (user: { id: string; name: string }) => boolean,
): Promise<void> {
  for (const user of await listed(users)) if (!take(user)) return;
  const end = clock() + LOOK.time;
  let read = 0;
  for await (const { record } of store.scan()) {
    read += 1;
    if (record?.user && !take(record.user)) return;
    if (read >= LOOK.most || (read >= LOOK.least && clock() >= end)) return;
  }
}

/** The users of a directory that can list them. */
async function listed(
  directory: UserDirectory | undefined,
): Promise<readonly { id: string; name: string; disabled?: boolean }[]> {
  if (directory === undefined || !('list' in directory) || typeof directory.list !== 'function') return [];
  return directory.list();
}

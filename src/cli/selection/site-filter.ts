import { PartialError } from '../../base/errors.js';
import type { SessionFilter } from '../../session/admin/filter.js';
import type { CliContext } from '../context.js';
import { counted } from '../output/humanize.js';
import { note } from '../output/note.js';
import type { OpenSite } from '../site/site.js';
import { type FilterOptions, STATES } from './filters.js';
import { noSuchUser, resolveUsers } from './user-names.js';

/** What the filter flags select at a site. */
export interface SiteFilter {
  /** The filter for a look now: relative times of `--where` count from each call. */
  current(): SessionFilter;
  /** How many of the named users neither the directory nor a session knows. */
  missing: number;
}

/**
 * Turns the flags into a filter, and says on stderr what is to be known of it.
 * @throws NotFoundError when none of the named users is known
 */
export async function siteFilter(
  context: Pick<CliContext, 'err'>,
  options: FilterOptions,
  site: OpenSite,
): Promise<SiteFilter> {
  const { filter, missing, notes } = await filterOf(options, site);
  for (const sentence of [...missing.map(noSuchUser), ...notes]) await note(context, sentence);
  const { where } = options;
  const current = () => (typeof where === 'function' ? { ...filter, where: where(site.clock()) } : filter);
  return { current, missing: missing.length };
}

/** @throws PartialError when users are not known */
export function assertUsersFound({ missing }: SiteFilter): void {
  if (missing > 0) throw new PartialError(`${counted(missing, 'user')} not found, as said above`);
}

/**
 * Turns the flags into a filter. `missing` names the users that neither the directory nor a session knows; `notes` are
 * sentences for the operator.
 * @throws NotFoundError when none of the named users is known
 */
export async function filterOf(
  options: FilterOptions,
  site: OpenSite,
): Promise<{ filter: SessionFilter; missing: string[]; notes: string[] }> {
  const {
    user = [],
    userId = [],
    anonymous,
    loggedIn,
    expiresWithin,
    idle,
    hasKey,
    endedBy,
    where,
  } = options;
  const state = STATES.find((name) => options[name]);
  const users = await resolveUsers(site, user, userId);
  const filter = {
    ...(users !== null && { userId: users.ids }),
    ...(anonymous && { kind: 'anonymous' as const }),
    ...(loggedIn && { kind: 'user' as const }),
    ...(state !== undefined && { state }),
    ...(expiresWithin !== undefined && { expiresWithin }),
    ...(idle !== undefined && { idle }),
    ...(hasKey !== undefined && { hasKey }),
    ...(endedBy !== undefined && { endedBy }),
    ...(typeof where === 'function' && { where: where(site.clock()) }),
  };
  return { filter, missing: users?.missing ?? [], notes: await notesOn(options, site) };
}

async function notesOn({ idle, quiet }: FilterOptions, site: OpenSite): Promise<string[]> {
  if (idle === undefined || quiet) return [];
  // Late: most commands have no `--idle`.
  const note = (await import('./idle-note.js')).idleNote(idle, site);
  return note === null ? [] : [note];
}

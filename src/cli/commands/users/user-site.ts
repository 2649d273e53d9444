import { NotFoundError } from '../../../base/errors.js';
import type { DirectoryUser } from '../../../users/directory.js';
import type { CliContext } from '../../context.js';
import { note } from '../../output/note.js';
import { withAudit } from '../../site/audit.js';
import { type OpenSite, siteOptions, withSite } from '../../site/site.js';
import type { SiteAudit } from '../../site/site-audit.js';
import type { ChangeOptions } from './change.js';
import { asUserFile, noUserNamed, USERS_OF_WIKI, type UserFile, userFileOf } from './user-file.js';

/** The flags of the commands that end the sessions of the users that they change. */
export interface EndingOptions extends ChangeOptions {
  keepSessions?: boolean;
  /** Why, for operators. Default: what the command does. */
  reason?: string;
}

/** The flag that lets sessions go on. */
export const KEEP_SESSIONS = ['--keep-sessions', "do not end the user's sessions"] as const;

/** The user file of a site, and the store with its users' sessions: null if they are to stay. */
export interface UserSite extends Pick<SiteAudit, 'audit'> {
  directory: UserFile;
  site: OpenSite | null;
}

/**
 * Opens user file and store, does the work, and closes the store. With `--keep-sessions` the store stays closed. A configured
 * store that is not there yet holds no sessions.
 */
export async function withUserSite(
  context: CliContext,
  options: EndingOptions,
  work: (opened: UserSite) => Promise<void>,
): Promise<void> {
  if (options.keepSessions) {
    const site = await siteOptions(context, options, { refusesWiki: USERS_OF_WIKI });
    const directory = await userFileOf(site);
    const changes = options.dryRun !== true;
    return withAudit(context, site, changes, ({ audit }) => work({ directory, site: null, audit }));
  }
  const onSite = (site: OpenSite) => work({ directory: asUserFile(site.users), site, audit: site.audit });
  return withSite(context, options, onSite, {
    readOnly: options.dryRun === true,
    mayBeMissing: 'configured',
    isConfigurationNeeded: true,
    refusesWiki: USERS_OF_WIKI,
    sight: { needsAll: true, isByUser: true, doesMore: true },
  });
}

/**
 * The named users, each once. Names those that do not exist on stderr.
 * @throws NotFoundError when none exists
 */
export async function findUsers(
  context: CliContext,
  directory: UserFile,
  names: readonly string[],
): Promise<{ users: DirectoryUser[]; missing: number }> {
  const found = new Map<string, DirectoryUser>();
  const missing: string[] = [];
  for (const name of names) {
    const user = await directory.findForChange(name);
    if (user === null) missing.push(name);
    else found.set(user.id, user);
  }
  if (found.size === 0)
    throw new NotFoundError(`${missing.map(noUserNamed).join(', ')}: see 'moin-sessions users list'`);
  for (const name of missing) await note(context, noUserNamed(name));
  return { users: [...found.values()], missing: missing.length };
}

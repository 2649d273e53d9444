import { ConfigurationError, NotFoundError } from '../../../base/errors.js';
import type { SessionsOptions } from '../../../config/options.js';
import type { DirectoryUser, UserDirectory } from '../../../users/directory.js';
import type { FileUserDirectory } from '../../../users/file.js';
import type { CliContext } from '../../context.js';
import { openUsers, type SiteFlags, siteOptions } from '../../site/site.js';

const METHODS = [
  'list',
  'findForChange',
  'add',
  'setPassword',
  'setDisabled',
  'setFields',
  'rename',
  'remove',
  'importMoinUsers',
] as const;

/** The part of the embedded directory that commands change. */
export type UserFile = UserDirectory & Pick<FileUserDirectory, (typeof METHODS)[number]>;

/** Why the commands on users are not for a wiki, and what to do. */
export const USERS_OF_WIKI =
  'the users of a MoinMoin wiki are kept and changed in the wiki itself: name a store of yours, and take the users over with users import-moin';

/** The argument that names an existing user. */
export const USER_ARGUMENT = ['<name>', 'name or id of the user'] as const;

/** The argument that names existing users. */
export const USERS_ARGUMENT = ['<name...>', 'names or ids of users'] as const;

/** @throws ConfigurationError when no directory is configured, or the application has a directory of its own */
export async function openUserFile(context: CliContext, flags: SiteFlags): Promise<UserFile> {
  return userFileOf(await siteOptions(context, flags, { refusesWiki: USERS_OF_WIKI }));
}

/** The embedded directory that checked options name. @throws as `openUserFile` */
export async function userFileOf({ users }: Pick<SessionsOptions, 'users'>): Promise<UserFile> {
  return asUserFile(await openUsers(users));
}

/** @throws ConfigurationError when there is no directory, or the application has one of its own */
export function asUserFile(directory: UserDirectory | undefined): UserFile {
  if (directory === undefined)
    throw new ConfigurationError(
      "no user directory is configured: set 'users' to a path in moin-sessions.config",
    );
  if (isUserFile(directory)) return directory;
  throw new ConfigurationError("'users' is the application's own directory: manage its users there");
}

function isUserFile(directory: UserDirectory): directory is UserFile {
  return METHODS.every((method) => method in directory);
}

/** @throws NotFoundError */
export async function findUser(directory: UserFile, nameOrId: string): Promise<DirectoryUser> {
  const user = await directory.findForChange(nameOrId);
  if (user === null) throw new NotFoundError(`${noUserNamed(nameOrId)}: see 'moin-sessions users list'`);
  return user;
}

export function noUserNamed(nameOrId: string): string {
  return `there is no user '${nameOrId}'`;
}

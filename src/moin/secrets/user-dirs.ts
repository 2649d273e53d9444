import { ifExists } from '../../disk/open.js';
import { realPathOf } from '../files/way.js';
import type { WikiFolders } from '../layout.js';
import type { WikiSettings } from '../settings.js';

/** Where packages, images and instructions put the users of a wiki. */
const USUAL = [
  '/srv/wiki/data/user',
  '/srv/moin/data/user',
  '/srv/moin/wiki/data/user',
  '/srv/www/moin/data/user',
  '/usr/share/moin/data/user',
  '/usr/local/share/moin/data/user',
  '/var/lib/moin/data/user',
  '/var/lib/moin/wiki/data/user',
  '/var/www/moin/data/user',
  '/var/www/moin/wiki/data/user',
];

/**
 * What the server of a 1.6 wiki may take for the path of its users' folder, which is part of the names of the files with secrets. A
 * name that matches proves that the guess is right for the server that wrote the file.
 */
export function possibleUserDirs(folders: Pick<WikiFolders, 'userDir'>, settings: UserDirSetting): string[] {
  return [...new Set([...knownUserDirs(folders, settings), ...USUAL])];
}

type UserDirSetting = Pick<WikiSettings, 'user_dir'>;

/** The same without the usual places: what the setting says, and where the users are. */
export function knownUserDirs(
  { userDir }: Pick<WikiFolders, 'userDir'>,
  { user_dir }: UserDirSetting,
): string[] {
  const real = userDir === null ? null : ifExists(() => realPathOf(userDir));
  return [...spellings(user_dir), userDir, real].filter((dir) => dir !== null);
}

/** A configuration may have a slash at the end, and then the server makes the names with it. */
function spellings(userDir: string | null | undefined): string[] {
  if (userDir === undefined || userDir === null) return [];
  const bare = userDir.replace(/(?<=.)\/+$/, '');
  return [userDir, bare, `${bare}/`];
}

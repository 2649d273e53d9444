import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { WikiFolder } from '../files/folder.js';
import { findLayout, type WikiFolders } from '../layout.js';
import { WikiSecrets } from '../secrets/secrets.js';
import { possibleUserDirs } from '../secrets/user-dirs.js';
import { checkSettings, type WikiSettings } from '../settings.js';
import { WikiUsers } from '../users/users.js';

/** What reader and writer of a wiki share. */
export interface Wiki extends WikiFolders {
  settings: WikiSettings;
  /** The folder of the sessions. */
  sessions: WikiFolder;
  /** Null when the folder of the users is not there. */
  users: WikiUsers | null;
  /** Null for 1.9. */
  secrets: WikiSecrets | null;
}

/**
 * Finds a wiki. @param dir absolute
 * @throws StoreError that says what was looked for; ConfigurationError for a setting that this MoinMoin does not have
 */
export function openWiki(dir: string, given: WikiSettings): Wiki {
  const folders = findLayout(dir);
  const settings = checkSettings(given, folders.layout);
  const { sessionDir, secretsDir } = folders;
  const userDir = configuredUserDir(settings) ?? folders.userDir;
  const users = userDir === null ? null : new WikiUsers(userDir);
  const secrets =
    secretsDir === null
      ? null
      : new WikiSecrets(secretsDir, users, possibleUserDirs(folders, settings), settings.user_dir ?? null);
  return { ...folders, userDir, settings, sessions: new WikiFolder(sessionDir), users, secrets };
}

/** The setting `user_dir`, if that folder is on this machine: a wiki may have been moved. */
function configuredUserDir({ user_dir }: WikiSettings): string | null {
  if (user_dir === undefined || user_dir === null || !isAbsolute(user_dir)) return null;
  return statSync(user_dir, { throwIfNoEntry: false })?.isDirectory() ? user_dir : null;
}

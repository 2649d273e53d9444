import type { Stats } from 'node:fs';
import type { WikiFolders } from './layout.js';
import type { FileName } from './names.js';
import type { WikiSecrets } from './secrets.js';
import type { WikiSettings } from './settings.js';
import type { WikiUsers } from './users.js';

/** A session file as it was found. */
export interface SessionFile {
  name: FileName;
  bytes: Buffer;
  /** Stats of the opened file: owner, mode, inode, times. */
  stats: Stats;
}

/** What reader and writer of a wiki share. */
export interface Wiki extends WikiFolders {
  settings: WikiSettings;
  /** Null when the folder of the users is not there. */
  users: WikiUsers | null;
  /** Null for 1.9, and when the folder of the secrets is not there. */
  secrets: WikiSecrets | null;
}

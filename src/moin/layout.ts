import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../base/errors.js';
import { storeFault } from '../disk/fault.js';
import { realPathOf } from './files/way.js';

/** The two ways in which MoinMoin keeps sessions: 1.6 as of April 2007, and 1.9. */
export type Layout = '1.6' | '1.9';

/** The folders of a wiki. All absolute. */
export interface WikiFolders {
  layout: Layout;
  /** The folder with one file for each session. */
  sessionDir: string;
  /** The folder with one file for each user; null when it is not there. */
  userDir: string | null;
  /** The folder with the secrets of the users; null for 1.9. It need not be there: the first login makes it. */
  secretsDir: string | null;
}

/** The folder of the sessions in the folder `data`. */
const SESSIONS: Readonly<Record<Layout, string>> = {
  '1.6': 'cache/__common__/session',
  '1.9': 'cache/__session__',
};
const SECRETS = 'cache/__common__/ussc';

/**
 * Finds the folders of a wiki.
 * @param dir absolute: the wiki's folder that holds `data`, the folder `data`, or the folder of the sessions itself (`__session__`, `__common__/session`)
 * @throws StoreError that says what was looked for; also when both layouts are there: then name the folder of the sessions
 */
export function findLayout(dir: string): WikiFolders {
  try {
    return sessionsItself(dir) ?? inData(dir) ?? inData(join(dir, 'data')) ?? nothing(dir);
  } catch (error) {
    throw storeFault(error, `cannot look for a MoinMoin wiki in ${dir}`, REMEDIES);
  }
}

const REMEDIES = {
  EACCES: 'permission denied: run as the user who owns the wiki, or as root',
  ELOOP: 'the symbolic links in this path lead in a circle: name the folder itself',
};

/** The end of a path to the sessions. The wiki's `cache_dir` may be anywhere, and have any name. */
const ENDS: Readonly<Record<Layout, RegExp>> = {
  '1.6': /[\\/]__common__[\\/]session$/,
  '1.9': /[\\/]__session__$/,
};

/** The wiki whose sessions are in `dir`; null when that is another folder. A link to such a folder counts as the folder. */
function sessionsItself(dir: string): WikiFolders | null {
  if (!isFolder(dir)) return null;
  // The folder `user` lies beside `cache`.
  for (const path of [dir, realPathOf(dir)])
    for (const layout of ['1.9', '1.6'] as const)
      if (ENDS[layout].test(path)) return foldersOf(layout, path, dirname(path.replace(ENDS[layout], '')));
  return null;
}

/** The wiki whose folder `data` is `data`; null when it has no sessions. */
function inData(data: string): WikiFolders | null {
  const has16 = isFolder(join(data, SESSIONS['1.6'])) || isFolder(join(data, SECRETS));
  const has19 = isFolder(join(data, SESSIONS['1.9']));
  if (has16 && has19)
    throw new StoreError(
      `${data} has sessions of MoinMoin 1.6 (${SESSIONS['1.6']}) and of 1.9 (${SESSIONS['1.9']}): name the one of these folders that your wiki uses, as in moin:${join(data, SESSIONS['1.9'])}`,
    );
  if (!has16 && !has19) return null;
  const layout = has16 ? '1.6' : '1.9';
  return foldersOf(layout, join(data, SESSIONS[layout]), data);
}

function foldersOf(layout: Layout, sessionDir: string, data: string): WikiFolders {
  const userDir = join(data, 'user');
  return {
    layout,
    sessionDir,
    userDir: isFolder(userDir) ? userDir : null,
    secretsDir: layout === '1.6' ? join(dirname(sessionDir), 'ussc') : null,
  };
}

function nothing(dir: string): never {
  const reason = isFolder(dir)
    ? `neither ${SESSIONS['1.9']} (MoinMoin 1.9) nor ${SESSIONS['1.6']} (1.6) is in it, or in its folder 'data'`
    : statSync(dir, { throwIfNoEntry: false }) === undefined
      ? 'there is no such folder'
      : 'it is a file, and no folder';
  throw new StoreError(
    `no MoinMoin wiki in ${dir}: ${reason}; name the wiki's folder 'data', or the folder of its sessions`,
  );
}

/** Whether this is a folder, or a link to one. @throws a system error when nobody can tell */
function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return false;
    throw error;
  }
}

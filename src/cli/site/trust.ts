import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isPrivateGroup, systemAccounts } from './private-group.js';

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;
const ROOT = 0;

/**
 * Checks whether a configuration that was found by searching may be run (spec 7, after git's safe.directory). The caller
 * or root must own the file, each folder above it and each link on the way, and nobody else may write to them. The
 * caller's private group may write. This check cannot see access that an ACL grants.
 * @param uid the caller's user id; null on systems without user ids (Windows), where every file is trusted
 * @returns null when the file may be run; else the reason, with the command that removes the reason if there is one
 */
export function whyUntrusted(file: string, uid: number | null): string | null {
  if (uid === null) return null;
  for (const place of placesOnTheWay(file)) {
    const reason = faultOf(place, lstatSync(place), uid);
    if (reason !== null) return reason;
  }
  return null;
}

/** Yields `/`, each folder down to the path, and the path; after a link, the same for its target. */
function* placesOnTheWay(path: string): Generator<string> {
  let folder = '/';
  yield folder;
  for (const name of path.split('/')) {
    if (name === '..') folder = dirname(folder);
    if (['', '.', '..'].includes(name)) continue;
    const place = join(folder, name);
    yield place;
    if (lstatSync(place).isSymbolicLink()) {
      const target = readlinkSync(place);
      yield* placesOnTheWay(isAbsolute(target) ? target : `${folder}/${target}`);
      folder = realpathSync.native(place);
    } else {
      folder = place;
    }
  }
}

function faultOf(place: string, stats: Stats, uid: number): string | null {
  if (stats.uid !== uid && stats.uid !== ROOT)
    return `${place} belongs to user ${stats.uid}, neither to you nor to root`;
  // A link has no permissions of its own.
  if (stats.isSymbolicLink()) return null;
  const isOpenToAll = (stats.mode & WRITABLE_BY_ALL) !== 0;
  const isOpenToGroup = (stats.mode & WRITABLE_BY_GROUP) !== 0;
  if (!isOpenToAll && (!isOpenToGroup || isPrivateGroup(stats.gid, uid, systemAccounts()))) return null;
  const reason = `others may write ${stats.isDirectory() ? 'in' : 'to'} ${place}`;
  // A sticky folder such as /tmp is open to all on purpose, so no chmod is proposed.
  if ((stats.mode & STICKY) !== 0) return reason;
  return `${reason} ('chmod ${isOpenToAll ? 'go-w' : 'g-w'} ${place}' ends that)`;
}

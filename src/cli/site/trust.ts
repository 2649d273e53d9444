import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isPrivateGroup, systemAccounts } from './private-group.js';

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;
const ROOT = 0;

/**
 * Why a file that was found by searching is not to be run: it, or a folder or link on the way to it, belongs to
 * somebody else than the caller or root, or others may write there (spec 7, after git's safe.directory). A group that
 * has no members but the caller is nobody else. Whom an ACL lets in cannot be seen from here.
 * @param uid the caller's; null where files have no such owners (Windows), and nothing is judged
 * @returns the reason, with a remedy where there is one besides naming the file; null where it may be run
 */
export function whyUntrusted(file: string, uid: number | null): string | null {
  if (uid === null) return null;
  for (const place of placesOnTheWay(file)) {
    const reason = faultOf(place, lstatSync(place), uid);
    if (reason !== null) return reason;
  }
  return null;
}

/** The path, each folder above it, and the same of each link among them, in the order in which the system follows them. */
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
  // Folders such as /tmp are meant to be open to all.
  if ((stats.mode & STICKY) !== 0) return reason;
  return `${reason} ('chmod ${isOpenToAll ? 'go-w' : 'g-w'} ${place}' ends that)`;
}

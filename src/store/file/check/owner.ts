import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../../base/errors.js';
import { mayOthersWrite } from '../../../disk/folders.js';
import type { FindingKind } from '../../finding.js';
import type { FileParts } from '../parts.js';

/** How many files of each folder are looked at. */
const SAMPLE = 4;

/**
 * The user to whom most of the store belongs, where that is not one whom the store accepts: then its folder alone has the wrong owner,
 * as a mounted volume or one that root made. Null otherwise, and where others may have put files there.
 */
export function ownerOfMost(parts: FileParts): number | null {
  const { disk, layout } = parts;
  const { root } = disk.folders;
  if (root === null || mayOthersWrite(root)) return null;
  const counts = new Map<number, number>();
  let total = 0;
  for (const uid of owners(parts, layout.root)) {
    counts.set(uid, (counts.get(uid) ?? 0) + 1);
    total += 1;
  }
  for (const [uid, count] of counts) if (2 * count > total && !disk.folders.isTrusted(uid)) return uid;
  return null;
}

function* owners(parts: FileParts, root: string): Generator<number> {
  for (const name of namesIn(parts, root)) {
    const folder = join(root, name);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    yield stats.uid;
    if (!stats.isDirectory()) continue;
    for (const file of namesIn(parts, folder).slice(0, SAMPLE)) {
      const uid = lstatSync(join(folder, file), { throwIfNoEntry: false })?.uid;
      if (uid !== undefined) yield uid;
    }
  }
}

/** None where they may not be read: that is a finding of its own. */
function namesIn({ disk }: FileParts, folder: string): string[] {
  try {
    return disk.folders.names(folder);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}

/** What is said of a store whose folder has the wrong owner. */
export function wrongOwner(
  { disk, layout }: FileParts,
  owner: number,
): Pick<FindingKind, 'what' | 'why' | 'remedy'> {
  return {
    what: `The folder of the store belongs to the user ${disk.folders.root?.uid}, and most of what is in it to the user ${owner}.`,
    why: 'That user alone sees the sessions: its servers go on, and root ends none of them.',
    remedy: `Give the folder to that user, if the servers run as it: chown ${owner} ${quoted(layout.root)}. Remove nothing, and give away nothing in it. Then check again.`,
  };
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, isDenied, StoreError } from '../../../base/errors.js';
import { IdSet } from '../../../base/id-set.js';
import { ifExists } from '../../../disk/open.js';
import type { CheckOptions } from '../../finding.js';
import { statsOf } from '../gaps.js';
import { listLeftover, listName } from '../layout.js';
import { sweepList } from '../list-compaction.js';
import { formatEntries } from '../list-entries.js';
import type { FileParts } from '../parts.js';
import { BLOCK } from '../user-index.js';
import { namesIn, paced } from '../walk.js';
import { addDenied, isShutOut } from './denied.js';
import { FILE_KINDS as KINDS } from './kinds.js';
import { locked } from './locked.js';
import { closing, FILE_BITS, isOpen } from './modes.js';

/** The bytes of one entry. */
const ENTRY = formatEntries([{ owner: '0'.repeat(32), id: '0'.repeat(32) }]).length;

/** Every entry of all lists: 26 to 51 bytes each. */
export class Listed {
  readonly #entries = new IdSet();

  /** @param owner the digest of the user's id */
  add(owner: string, id: string): void {
    this.#entries.add(joined(owner, id));
  }

  has(owner: string, id: string): boolean {
    return this.#entries.mark(joined(owner, id));
  }
}

/** Digest and id as one id. Both are as good as random, so no other pair gives the same. */
function joined(owner: string, id: string): string {
  return (BigInt(`0x${owner}`) ^ BigInt(`0x${id}`)).toString(16).padStart(32, '0');
}

/** Checks the lists of users, and returns what they list. */
export async function checkLists(parts: FileParts, options: CheckOptions): Promise<Listed> {
  const { disk, layout } = parts;
  for (const name of await namesIn(disk.folders, layout.users)) await checkListFile(parts, name, options);
  const listed = new Listed();
  for (const list of await parts.index.lists()) {
    const gone = [];
    for (const path of [list.path, list.past]) gone.push(await read(parts, path, listed, options));
    // What a sweep would leave as it is, is as it should be.
    if (gone.every((bytes) => bytes < BLOCK)) continue;
    const isFixed = options.isFixing && (await sweepList(parts, list)) > 0;
    options.findings.add(KINDS.dangling, list.path, { isFixed });
  }
  return listed;
}

/** Adds the entries of a list file. Returns how many bytes of it are for sessions that are gone. */
async function read(parts: FileParts, path: string, listed: Listed, options: CheckOptions): Promise<number> {
  let gone = 0;
  try {
    for await (const entries of paced(parts.index.entries(path)))
      for (const { owner, id } of entries) {
        listed.add(owner, id);
        if (isGone(parts, id)) gone += ENTRY;
      }
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof StoreError)) throw error;
    if (!isDenied(error)) options.findings.add(KINDS.unreadableFile, path);
    else if (!isFoundDenied(parts, path)) addDenied(parts, path, options);
    return 0;
  }
  return gone;
}

/** Whether `checkListFile` has said so. */
function isFoundDenied(parts: FileParts, path: string): boolean {
  const stats = statsOf(path);
  return stats !== undefined && isShutOut(parts, stats);
}

/** A closed folder may hold it: that is a finding about the folder. */
function isGone({ records }: FileParts, id: string): boolean {
  try {
    return !records.exists(id);
  } catch (error) {
    if (isDenied(error)) return false;
    throw error;
  }
}

async function checkListFile(parts: FileParts, name: string, options: CheckOptions): Promise<void> {
  const { disk, layout } = parts;
  const { findings, isFixing } = options;
  const path = join(layout.users, name);
  const list = listName(name) ?? listLeftover(name);
  if (list === null) return findings.add(KINDS.foreignFile, path);
  const stats = ifExists(() => disk.folders.within(path, (safe) => lstatSync(safe)));
  if (stats === null) return;
  if (stats.isSymbolicLink()) return findings.add(KINDS.link, path);
  if (!stats.isFile()) return findings.add(KINDS.noFile, path);
  if (!disk.folders.isTrusted(stats.uid)) return findings.add(KINDS.stranger, path);
  if (stats.nlink > 1) findings.add(KINDS.hardLink, path);
  if (isShutOut(parts, stats)) addDenied(parts, path, options);
  if (isOpen(stats, FILE_BITS))
    findings.add(KINDS.openFile, path, closing(parts, path, { stats, bits: FILE_BITS, isFixing }));
  if (listLeftover(name) === null) return;
  await locked(parts, [layout.list(list).slot], isFixing, () => {
    if (disk.stats(path) === undefined) return;
    findings.add(KINDS.leftOver, path, { isFixed: isFixing && disk.remove(path) });
  });
}

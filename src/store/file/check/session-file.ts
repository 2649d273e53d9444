import { lstatSync } from 'node:fs';
import { DAY } from '../../../base/clock.js';
import { errorCode, isDenied, StoreError } from '../../../base/errors.js';
import { ifExists } from '../../../disk/open.js';
import type { StoreEntry } from '../../contract.js';
import { isDeniedEntry } from '../../denied.js';
import type { FindingKind } from '../../finding.js';
import { recognize } from '../layout.js';
import type { FileParts } from '../parts.js';
import { isShutOut } from './denied.js';
import { FILE_KINDS as KINDS } from './kinds.js';
import { FILE_BITS, isOpen } from './modes.js';

/** A file in the folder of a prefix. */
export interface SessionFile {
  prefix: string;
  path: string;
  name: string;
  /** The session's id; null for a file that the store did not make. */
  id: string | null;
}

export interface Look {
  kinds: readonly FindingKind[];
  /** The record in it, readable or not; null for other files. */
  entry: StoreEntry | null;
}

const NOTHING: Look = { kinds: [], entry: null };

/**
 * Looks at one file. What a writer at work leaves for a moment shows as well, so look again under the session's lock.
 * @param at the present time, in ms
 */
export function lookAt(...args: Parameters<typeof look>): Look {
  try {
    return look(...args);
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof StoreError)) throw error;
    return { kinds: [isDenied(error) ? KINDS.denied : KINDS.unreadableFile], entry: null };
  }
}

function look(
  parts: FileParts,
  { prefix, path, name }: Pick<SessionFile, 'prefix' | 'path' | 'name'>,
  { at, isListed }: { at: number; isListed: (userId: string, id: string) => boolean },
): Look {
  const { disk, records } = parts;
  const file = recognize(prefix, name);
  const stats = ifExists(() => disk.folders.within(path, (safe) => lstatSync(safe)));
  if (stats === null) return NOTHING;
  if (file === null) return { kinds: [KINDS.foreignFile], entry: null };
  if (stats.isSymbolicLink()) return { kinds: [KINDS.link], entry: null };
  if (!stats.isFile()) return { kinds: [KINDS.noFile], entry: null };
  if (!disk.folders.isTrusted(stats.uid)) return { kinds: [KINDS.stranger], entry: null };
  const kinds: FindingKind[] = [];
  if (file.kind === 'temporary') kinds.push(KINDS.leftOver);
  if (isOpen(stats, FILE_BITS)) kinds.push(KINDS.openFile);
  if (stats.nlink > 1) kinds.push(KINDS.hardLink);
  if (isShutOut(parts, stats)) kinds.push(KINDS.denied);
  if (file.kind === 'tombstone' && stats.mtimeMs <= at - DAY) kinds.push(KINDS.oldTombstone);
  if (file.kind !== 'record') return { kinds, entry: null };
  const entry = records.entry(file.id);
  if (entry !== null && isDeniedEntry(entry))
    return { kinds: [...new Set([...kinds, KINDS.denied])], entry: null };
  const record = entry?.record ?? null;
  if (record === null) return { kinds, entry };
  const time = Math.round(stats.mtimeMs);
  if (time > record.expires) kinds.push(KINDS.lateTime);
  if (time < record.expires) kinds.push(KINDS.earlyTime);
  if (record.user !== null && !isListed(record.user.id, record.id)) kinds.push(KINDS.unlisted);
  return { kinds, entry };
}

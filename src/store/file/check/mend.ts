import { StoreError } from '../../../base/errors.js';
import { withRemedy } from '../../../disk/fault.js';
import type { SessionRecord } from '../../contract.js';
import type { FindingKind } from '../../finding.js';
import type { FileParts } from '../parts.js';
import { mtimeOf } from '../record-time.js';
import { FILE_KINDS as KINDS } from './kinds.js';
import { closeToOthers, FILE_BITS, isTrapForRoot, mayChange } from './modes.js';
import type { SessionFile } from './session-file.js';

/** Whether `mend` mends this, if the disk lets it. */
export function mayMend(parts: FileParts, { path }: SessionFile, kind: FindingKind): boolean {
  if (!kind.fixable) return false;
  if (kind === KINDS.leftOver || kind === KINDS.oldTombstone) return true;
  const stats = parts.disk.stats(path);
  if (stats === undefined) return false;
  return kind === KINDS.unlisted ? !isTrapForRoot(parts, stats) : mayChange(parts, stats);
}

/** Mends one thing about a session's file, if it is safe. The caller holds the session's lock. Returns whether it did. */
export function mend(
  parts: FileParts,
  { path, id }: SessionFile,
  { kind, record, at }: { kind: FindingKind; record: SessionRecord | null; at: number },
): boolean {
  const { disk, index, tombstones } = parts;
  const work = (): boolean => {
    if (kind === KINDS.openFile) return closeToOthers(parts, path, FILE_BITS);
    if (kind === KINDS.leftOver) return disk.remove(path);
    if (kind === KINDS.oldTombstone) return id !== null && !tombstones.holds(id, at) && disk.remove(path);
    if (record === null) return false;
    const stats = disk.stats(path);
    if (stats === undefined || isTrapForRoot(parts, stats)) return false;
    if (kind === KINDS.unlisted) {
      index.add(record.user, record.id);
      return true;
    }
    if (kind !== KINDS.lateTime && kind !== KINDS.earlyTime) return false;
    disk.setTime(path, mtimeOf(record));
    return true;
  };
  try {
    return withRemedy(`cannot mend ${path}`, work);
  } catch (error) {
    // It stays a finding.
    if (error instanceof StoreError) return false;
    throw error;
  }
}

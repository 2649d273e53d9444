import { type StatsFs, statfsSync } from 'node:fs';
import type { CheckOptions } from '../../finding.js';
import { FILE_KINDS as KINDS } from './kinds.js';

/** By the number that Linux gives them (statfs(2)). */
const NETWORKS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
]);

/** Bytes. */
const LITTLE = 100 * 1024 * 1024;
const SHARE = 0.02;
/** Files. */
const FEW = 1000;

/** Checks room and kind of the file system in which the store lies. @param read gives its numbers */
export function checkFileSystem(
  path: string,
  { findings }: Pick<CheckOptions, 'findings'>,
  read: (
    path: string,
  ) => Pick<StatsFs, 'type' | 'bsize' | 'blocks' | 'bavail' | 'files' | 'ffree'> = statfsSync,
): void {
  const { type, bsize, blocks, bavail, files, ffree } = read(path);
  const free = bavail * bsize;
  if (free < LITTLE || bavail < blocks * SHARE)
    findings.add(KINDS.littleSpace, path, {
      what: `The file system of the store is almost full: ${Math.floor(free / 1_000_000)} MB are left.`,
    });
  // Some file systems count no inodes.
  if (files > 0 && (ffree < FEW || ffree < files * SHARE))
    findings.add(KINDS.fewInodes, path, {
      what: `The file system of the store has ${ffree} of ${files} inodes left.`,
    });
  const network = process.platform === 'linux' ? NETWORKS.get(type >>> 0) : undefined;
  if (network !== undefined)
    findings.add(KINDS.network, path, { what: `The store lies on a network file system (${network}).` });
}

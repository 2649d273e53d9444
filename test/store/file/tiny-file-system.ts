import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../../aid/folder.js';

export interface TinyFileSystem {
  dir: string;
  remount: (options: string) => void;
  /** Why it could not be mounted, for `need`; null when it is mounted. */
  missing: string | null;
}

/** Mounts a real, tiny file system, which takes root. It is unmounted after the test. */
export function tinyFileSystem(options: string): TinyFileSystem {
  const dir = temporaryFolder();
  const remount = (more: string) => void execFileSync('mount', ['-o', `remount,${more}`, dir]);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir], { stdio: 'pipe' });
  } catch {
    return { dir, remount, missing: 'only root can mount a small file system: run the tests as root' };
  }
  onTestFinished(() => void execFileSync('umount', ['-l', dir]));
  return { dir, remount, missing: null };
}

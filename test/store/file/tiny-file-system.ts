import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../../aid/folder.js';

export interface TinyFileSystem {
  dir: string;
  remount: (options: string) => void;
  /** Why there is none, for `need`; null when there is one. */
  missing: string | null;
}

/** A real, tiny file system, which only root can mount. It goes when the test is over. */
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

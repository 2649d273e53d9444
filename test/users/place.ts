import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FileUserDirectory, type FileUserDirectoryOptions } from '../../src/users/file.js';
import { temporaryFolder } from '../store/folder.js';

export const CHEAP = { cost: 2, blockSize: 1, parallelization: 1 };
export const APP = 65534;
export const BOB = 65533;
export const notRoot = process.geteuid?.() === 0 ? null : 'only root has other users: run the tests as root';

/** A folder of somebody's, and where the user file is in it. */
export function place(uid: number, mode = 0o755) {
  const outer = temporaryFolder();
  chmodSync(outer, 0o755);
  const folder = join(outer, 'site');
  mkdirSync(folder);
  chmodSync(folder, mode);
  chownSync(folder, uid, uid);
  return { outer, folder, path: join(folder, 'users.json') };
}

export function directoryAt(path: string, options: FileUserDirectoryOptions = {}): FileUserDirectory {
  return new FileUserDirectory(path, { scrypt: CHEAP, ...options });
}

/** Owner, group and mode, as `ls -n` would show them. */
export function ownershipOf(path: string): string {
  const { uid, gid, mode } = statSync(path);
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
}

export function namesIn(path: string): string[] {
  return JSON.parse(readFileSync(path, 'utf8')).users.map(({ name }: { name: string }) => name);
}

/** Does the work with another user's rights. */
export async function as<T>(uid: number, gid: number, work: () => Promise<T>): Promise<T> {
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

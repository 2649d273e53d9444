import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileUserDirectory, type FileUserDirectoryOptions } from '../../src/users/file.js';
import { temporaryFolder } from '../aid/folder.js';

export const CHEAP = { cost: 2, blockSize: 1, parallelization: 1 };

/** A folder that belongs to `uid`, and the path of the user file in it. */
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

export function namesIn(path: string): string[] {
  return JSON.parse(readFileSync(path, 'utf8')).users.map(({ name }: { name: string }) => name);
}

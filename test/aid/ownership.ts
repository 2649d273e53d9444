import { lchownSync, statSync } from 'node:fs';
import { pathsBelow } from './folder.js';

/** The user of the application. */
export const APP = 65534;
/** Another user, who owns nothing but what a test gives away. */
export const STRANGER = 65533;

/** The reason for `need` to skip a test that acts as several users; null for root. */
export const notRoot = process.geteuid?.() === 0 ? null : 'only root has other users: run the tests as root';

/** Gives the tree to `STRANGER`: links too, but not their targets. */
export function giveAway(root: string): void {
  for (const path of pathsBelow(root)) lchownSync(path, STRANGER, STRANGER);
}

/** Mode, owner and group, as `ls -n` shows them. */
export function ownershipOf(path: string): string {
  const { uid, gid, mode } = statSync(path);
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
}

/** Runs the work with the rights of another user. */
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

import { lchownSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Somebody who owns nothing: `nobody`. */
export const STRANGER = 65534;

/** A file or folder with all that is in it: names, modes, times and bytes. */
export function snapshot(root: string): Record<string, string> {
  const shot: Record<string, string> = {};
  for (const path of below(root)) {
    const { mode, mtimeMs, ctimeMs, uid, size } = lstatSync(path);
    shot[path] = `${mode} ${uid} ${size} ${mtimeMs} ${ctimeMs} ${contentOf(path)}`;
  }
  return shot;
}

/** Gives all of it to a stranger; links, and not what they lead to. */
export function giveAway(root: string): void {
  for (const path of below(root)) lchownSync(path, STRANGER, STRANGER);
}

function below(path: string): string[] {
  if (!lstatSync(path).isDirectory()) return [path];
  return [path, ...readdirSync(path).flatMap((name) => below(join(path, name)))];
}

function contentOf(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return readlinkSync(path);
  return stats.isFile() ? readFileSync(path, 'latin1') : '';
}

import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new folder for one test; call it in a test or in `beforeEach`. The folder is removed after the test. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'moin-sessions-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Writes a file as a process other than the store does. */
export function putFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text);
}

/** A file or folder with everything in it: names, modes, owners, times and bytes, for comparing before and after. */
export function snapshot(root: string): Record<string, string> {
  const shot: Record<string, string> = {};
  for (const path of pathsBelow(root)) {
    const { mode, mtimeMs, ctimeMs, uid, size } = lstatSync(path);
    shot[path] = `${mode} ${uid} ${size} ${mtimeMs} ${ctimeMs} ${contentOf(path)}`;
  }
  return shot;
}

/** The path itself and every path below it. Links are not followed. */
export function pathsBelow(path: string): string[] {
  if (!lstatSync(path).isDirectory()) return [path];
  return [path, ...readdirSync(path).flatMap((name) => pathsBelow(join(path, name)))];
}

function contentOf(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return readlinkSync(path);
  return stats.isFile() ? readFileSync(path, 'latin1') : '';
}

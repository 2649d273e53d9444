import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findPython } from '../python.js';

const SCRIPT = fileURLToPath(new URL('pickles.py', import.meta.url));

/** A Python to load pickles with: not this library's reader. */
export interface Python {
  name: string;
  command: string;
}

export interface Asked {
  /** A file; its name in bytes, one character each (latin1). */
  path: string;
  /** Values to put into the dict that is read: what an edited file must hold. */
  set?: Record<string, number>;
}

/** Every Python of this machine that runs, 3 and 2: a test says with `needPython` which one is missing. */
export const PYTHONS: readonly Python[] = ([3, 2] as const).flatMap((major) => {
  const command = findPython(major);
  return command === null ? [] : [{ name: `Python ${major}`, command }];
});

/** What each pickle holds, with types, as that Python says. */
export function loaded({ command }: Python, asked: readonly Asked[]): string[] {
  if (asked.length === 0) return [];
  const input = asked.map((one) => `${JSON.stringify(one)}\n`).join('');
  const { status, stdout, stderr } = spawnSync(command, [SCRIPT], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);
}

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

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

/** Every Python of this machine that runs: `python3`, and Python 2.7 as `MOIN_SESSIONS_PYTHON2`, `python2` or `python2.7`. */
export const PYTHONS: readonly Python[] = [
  ['3', ['python3']],
  ['2', [process.env.MOIN_SESSIONS_PYTHON2, 'python2.7', 'python2']],
].flatMap(([major, commands]) => {
  const command = (commands as (string | undefined)[]).find(
    (one) => one !== undefined && runs(one, major as string),
  );
  return command === undefined ? [] : [{ name: `Python ${major}`, command }];
});

/** The reason for `need` to skip a test with Python; null when there is one. */
export const noPython = PYTHONS.length > 0 ? null : 'there is no python3 and no Python 2.7 on PATH';

function runs(command: string, major: string): boolean {
  const { status, stdout } = spawnSync(command, ['-c', 'import sys; print(sys.version_info[0])'], {
    encoding: 'utf8',
  });
  return status === 0 && stdout.trim() === major;
}

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

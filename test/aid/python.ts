import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';
import { need } from './need.js';

/** A Python of this major version that really runs (a shim may only say that it could), or null. MOIN_SESSIONS_PYTHON2 or ..3 names one. */
export function findPython(major: 2 | 3): string | null {
  const named = process.env[`MOIN_SESSIONS_PYTHON${major}`];
  const candidates =
    named !== undefined ? [named] : major === 2 ? ['python2', 'python2.7', 'python'] : ['python3', 'python'];
  return candidates.find((command) => versionOf(command) === `${major}`) ?? null;
}

function versionOf(command: string): string {
  const program = 'import sys; sys.stdout.write(str(sys.version_info[0]))';
  return spawnSync(command, ['-c', program], { encoding: 'utf8' }).stdout ?? '';
}

/** A Python of this major version; without one the test ends, and says so. CI has no Python 2: no Debian has it any more. */
export function needPython(context: TestContext, major: 2 | 3): string {
  const python = findPython(major);
  const missing = `no Python ${major} runs here; MOIN_SESSIONS_PYTHON${major} names one`;
  if (python !== null) return python;
  if (major === 3) need(context, missing);
  console.warn(`'${context.task.name}' was not tested: ${missing}`);
  return context.skip(missing);
}

/** What a Python writes. @throws Error with what it wrote to stderr if it fails */
export function runPython(python: string, args: readonly string[], input = ''): string {
  const maxBuffer = 2 ** 28;
  const { status, stdout, stderr, error } = spawnSync(python, args, { input, encoding: 'utf8', maxBuffer });
  if (error !== undefined || status !== 0) throw new Error(`${python} ${args[0]}: ${error ?? stderr}`);
  return stdout;
}

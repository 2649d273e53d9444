import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The package as it would be installed, and the example, in one folder. */
export interface Built {
  root: string;
  remove: () => void;
}

/** Builds the package where its dependencies are found, for other processes to run. */
export function build(): Built {
  const parent = join(PROJECT, 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, 'moin-sessions-test-'));
  chmodSync(root, 0o755);
  const args = [join(PROJECT, '.build/main.mjs'), '--out', join(root, 'dist')];
  const remove = () => rmSync(root, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, args, {
    cwd: PROJECT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    remove();
    throw new Error("the sources do not compile, see above: run 'npm run typecheck'");
  }
  for (const part of ['bin', 'completions', 'package.json', 'schemas', 'examples', 'test/aid/slow-wiki.ts'])
    cpSync(join(PROJECT, part), join(root, part), { recursive: true });
  return { root, remove };
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = [];
process.once('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** Where the stores lie: MOIN_BENCH_DIR; default: the folder for temporary files. */
export function benchFolder() {
  const path = process.env.MOIN_BENCH_DIR ?? tmpdir();
  mkdirSync(path, { recursive: true });
  return path;
}

/** A folder that the process removes at its exit. */
export function temporaryFolder() {
  const path = mkdtempSync(join(benchFolder(), 'moin-bench-'));
  made.push(path);
  return path;
}

export function removeFolder(path) {
  rmSync(path, { recursive: true, force: true });
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = [];
process.once('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** A folder that the process removes at its exit. It lies in MOIN_BENCH_DIR; default: the folder for temporary files. */
export function temporaryFolder() {
  const path = mkdtempSync(join(process.env.MOIN_BENCH_DIR ?? tmpdir(), 'moin-bench-'));
  made.push(path);
  return path;
}

export function removeFolder(path) {
  rmSync(path, { recursive: true, force: true });
}

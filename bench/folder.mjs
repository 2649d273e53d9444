import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = [];
process.once('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** A folder that goes with the process. MOIN_BENCH_DIR says on which disk; default: that of temporary files. */
export function temporaryFolder() {
  const path = mkdtempSync(join(process.env.MOIN_BENCH_DIR ?? tmpdir(), 'moin-bench-'));
  made.push(path);
  return path;
}

export function removeFolder(path) {
  rmSync(path, { recursive: true, force: true });
}

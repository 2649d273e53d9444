import { readFileSync, realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { benchFolder } from './folder.mjs';

/** What a figure depends on besides the code. */
export function machine() {
  return {
    node: process.version,
    platform: process.platform,
    processors: availableParallelism(),
    fileSystem: fileSystemOf(benchFolder()),
  };
}

/** The type of the file system on which a folder lies, such as `ext4`; `unknown` where there is no `/proc/mounts`. */
function fileSystemOf(folder) {
  const path = realpathSync(folder);
  const mounts = mountLines().map((line) => line.split(' '));
  const under = mounts.filter(([, point]) => `${path}/`.startsWith(point === '/' ? '/' : `${point}/`));
  // Of several mounts at one point the last one counts.
  const [, , type = 'unknown'] = under.reduce(
    (best, one) => (one[1].length >= best[1].length ? one : best),
    ['', ''],
  );
  return type;
}

function mountLines() {
  try {
    return readFileSync('/proc/mounts', 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

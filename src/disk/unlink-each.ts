import { unlink } from 'node:fs';

/** How many files are removed at a time. Others wait for a thread no longer than these take. */
const AT_ONCE = 32;

/** Removes files on other threads. Gives for each the error, or null. */
export function unlinkEach(paths: readonly string[]): Promise<(Error | null)[]> {
  const errors: (Error | null)[] = paths.map(() => null);
  let begun = 0;
  let ended = 0;
  return new Promise((resolve) => {
    for (let lane = 0; lane < Math.min(AT_ONCE, paths.length); lane++) next();
    if (paths.length === 0) resolve(errors);

    function next(): void {
      const at = begun++;
      const path = paths[at];
      if (path === undefined) return;
      unlink(path, (error) => {
        errors[at] = error;
        ended += 1;
        if (ended === paths.length) resolve(errors);
        else next();
      });
    }
  });
}

import { errorCode, StoreError } from '../../../base/errors.js';
import { isError } from '../../../base/realm.js';
import type { FileParts } from '../parts.js';

/** Errors of a lock file that may be read only: somebody else's store, or a file system without writes. */
const NO_RIGHT: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Runs `section` under these locks. A look that may not take them runs without: then a writer at work may show, but only for as
 * long as it writes one file. Where there is no lock file no writer has ever been, and a look must not make one.
 */
export async function locked(
  { disk, layout, locks }: FileParts,
  slots: readonly number[],
  isFixing: boolean,
  section: () => void,
): Promise<void> {
  if (slots.length === 0 || (!isFixing && disk.stats(layout.lock) === undefined)) return section();
  try {
    await locks.exclusive(slots, section);
  } catch (error) {
    if (isFixing || !(error instanceof StoreError) || !mayNotLock(error)) throw error;
    section();
  }
}

function mayNotLock({ cause }: StoreError): boolean {
  return isError(cause) && NO_RIGHT.has(errorCode(cause));
}

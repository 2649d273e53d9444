import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SessionRecord } from '../../src/store/contract.js';
import { FileLayout } from '../../src/store/file/layout.js';
import { FileStore } from '../../src/store/file/store.js';
import { pathsBelow, temporaryFolder } from './folder.js';
import { APP } from './ownership.js';

/** A store of the user APP, some of whose files are root's alone, as after a restore. */
export interface RestoredStore {
  /** A folder that APP may list, with the store in it. */
  cwd: string;
  layout: FileLayout;
  /** The store anew, as a process of its own opens it. Ends with the test. */
  open(): FileStore;
}

/** @param closed the paths that nobody but root may read */
export async function restoredStore(
  records: readonly SessionRecord[],
  closed: (layout: FileLayout) => readonly string[],
): Promise<RestoredStore> {
  const cwd = temporaryFolder();
  const layout = new FileLayout(join(cwd, 'sessions'));
  const open = () => {
    const store = new FileStore(layout.root);
    onTestFinished(() => store.close());
    return store;
  };
  const first = open();
  for (const record of records) await first.create(record);
  await first.close();
  for (const path of pathsBelow(cwd)) chownSync(path, APP, APP);
  for (const path of closed(layout)) {
    chownSync(path, 0, 0);
    chmodSync(path, 0o600);
  }
  return { cwd, layout, open };
}

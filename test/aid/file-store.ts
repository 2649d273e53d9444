import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FileLayout } from '../../src/store/file/layout.js';
import { fileParts } from '../../src/store/file/parts.js';
import { FileStore, type FileStoreOptions } from '../../src/store/file/store.js';
import type { UserIndex } from '../../src/store/file/user-index.js';
import type { StoreUnderTest } from '../store/contract.js';
import { putFile, temporaryFolder } from './folder.js';

/** A file store in a new folder, and the paths of its files. Both end with the test. */
export function temporaryStore(options?: FileStoreOptions): { store: FileStore; layout: FileLayout } {
  const root = join(temporaryFolder(), 'sessions');
  const store = new FileStore(root, options);
  onTestFinished(() => store.close());
  return { store, layout: new FileLayout(root) };
}

/** The index of users in a store's folder, as another process sees it. */
export function indexOf(layout: FileLayout): UserIndex {
  return fileParts(layout.root, 'process').index;
}

/** The path of the list of a user's sessions. */
export function listOf(layout: FileLayout, userId: string): string {
  return indexOf(layout).listOf(userId).path;
}

/** The ids in the list of a user; with `past` also those of sessions that are over. */
export function listedIn(layout: FileLayout, userId: string, past = false): string[] {
  return [...indexOf(layout).ids(userId, past)].filter((id) => id !== null);
}

/** A file store for the suite of the contract. */
export async function fileStoreUnderTest(options?: FileStoreOptions): Promise<StoreUnderTest> {
  const root = mkdtempSync(join(tmpdir(), 'moin-sessions-test-'));
  const layout = new FileLayout(root);
  const siblings: FileStore[] = [];
  return {
    store: new FileStore(root, options),
    sibling() {
      const sibling = new FileStore(root, options);
      siblings.push(sibling);
      return sibling;
    },
    putBytes: async (id, text) => putFile(layout.record(id), text),
    async dispose() {
      for (const sibling of siblings) await sibling.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FileLayout } from '../../src/store/file/layout.js';
import { fileParts } from '../../src/store/file/parts.js';
import { FileStore, type FileStoreOptions } from '../../src/store/file/store.js';
import type { UserIndex } from '../../src/store/file/user-index.js';
import type { StoreKind } from '../../src/testing/store/suite.js';
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
  return [...indexOf(layout).ids(userId, { past })].filter((id) => id !== null);
}

/** The file store, for the suite of the contract. */
export function fileStoreKind(options?: FileStoreOptions): StoreKind<FileStore> {
  const rootOf = ({ location }: FileStore) => location.slice('file:'.length);
  return {
    open: () => new FileStore(mkdtempSync(join(tmpdir(), 'moin-sessions-test-')), options),
    reopen: (store) => new FileStore(rootOf(store), options),
    plant: (store, id, text) => putFile(new FileLayout(rootOf(store)).record(id), text),
    remove: (store) => rmSync(rootOf(store), { recursive: true, force: true }),
  };
}

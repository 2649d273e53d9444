import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FileLayout } from '../../src/store/file/layout.js';
import { fileParts } from '../../src/store/file/parts.js';
import { FileStore, type FileStoreOptions } from '../../src/store/file/store.js';
import type { UserIndex } from '../../src/store/file/user-index.js';
import type { StoreUnderTest } from './contract.js';

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'moin-sessions-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A file store in a new folder, and where its files are. */
export function temporaryStore(options?: FileStoreOptions): { store: FileStore; layout: FileLayout } {
  const root = join(temporaryFolder(), 'sessions');
  const store = new FileStore(root, options);
  onTestFinished(() => store.close());
  return { store, layout: new FileLayout(root) };
}

/** Writes a file as something other than the store would. */
export function putFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text);
}

/** The index of users in a store's folder, as another process sees it. */
export function indexOf(layout: FileLayout): UserIndex {
  return fileParts(layout.root, 'process').index;
}

/** Where the sessions of a user are listed. */
export function listOf(layout: FileLayout, userId: string): string {
  return indexOf(layout).listOf(userId).path;
}

/** The ids that are listed under a user; with `past` those of sessions that are over as well. */
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

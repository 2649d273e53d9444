import { join } from 'node:path';
import { withRemedy } from './fault.js';
import { type FileKind, isSecretLeftover, lockSlot, recognize, SECRET_SLOT } from './file-layout.js';
import type { FileParts } from './file-parts.js';
import { namesIn, walk } from './walk.js';

interface StoreFile {
  kind: FileKind;
  id: string;
  path: string;
}

/** The files of one kind beside the records. */
export function filesOf({ layout }: FileParts, ...kinds: FileKind[]): AsyncGenerator<StoreFile> {
  return filesIn(layout.folders(), kinds);
}

/** The ids of records that begin with `prefix`, which has been checked (I6). A whole id needs no look. */
export async function* recordIds({ layout }: FileParts, prefix: string): AsyncGenerator<string> {
  if (prefix.length === 32) {
    yield prefix;
    return;
  }
  const begins = prefix.slice(0, 2);
  const folders = layout.folders().filter((folder) => folder.prefix.startsWith(begins));
  for await (const { id } of filesIn(folders, ['record'])) if (id.startsWith(prefix)) yield id;
}

async function* filesIn(
  folders: ReturnType<FileParts['layout']['folders']>,
  kinds: readonly FileKind[],
): AsyncGenerator<StoreFile> {
  for await (const { folder, name } of walk(folders)) {
    const file = recognize(folder.prefix, name);
    if (file !== null && kinds.includes(file.kind)) yield { ...file, path: join(folder.path, name) };
  }
}

/**
 * Removes what crashes left behind, and traces until `at`. Each under its session's lock: a writer holds that
 * for as long as its temporary file, or an index entry without a record, may be there.
 */
export async function sweepFiles(parts: FileParts, at: number): Promise<number> {
  const { disk, index, layout, locks, records } = parts;
  let gone = 0;
  const alone = async (slot: number, path: string, remove: () => boolean): Promise<void> => {
    const removed = await locks.exclusive(slot, () => withRemedy(`cannot remove ${path}`, remove));
    if (removed) gone++;
  };
  for await (const { kind, id, path } of filesOf(parts, 'temporary', 'trace')) {
    await alone(lockSlot(id), path, () => {
      if (kind === 'trace' && (records.trace(id)?.until ?? at) > at) return false;
      return disk.remove(path);
    });
  }
  for await (const { id, path } of index.entries()) {
    if (records.exists(id)) continue;
    await alone(lockSlot(id), path, () => !records.exists(id) && index.removeEntry(path));
  }
  for (const name of namesIn(layout.root).filter(isSecretLeftover)) {
    const path = join(layout.root, name);
    await alone(SECRET_SLOT, path, () => disk.remove(path));
  }
  return gone;
}

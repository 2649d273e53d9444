import type { Stats } from 'node:fs';
import type { SessionRecord } from '../../store/contract.js';
import { DENIED, faultOfFile, type WikiFile } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import type { WikiReader } from '../read/reader.js';
import type { Wiki } from '../read/wiki.js';
import type { SecretOwner } from '../secrets/owner.js';

/** A session as the writer finds it. */
export interface FoundSession {
  id: string;
  name: FileName;
  /** Null: unreadable. Without values for a login of 1.6 whose file may not be read. */
  record: SessionRecord | null;
  /** Why it is unreadable; empty for a file that was read. */
  unreadable: string;
  /** The content of its file; null when it has none (1.6), or when that cannot be read. */
  file: WikiFile | null;
  /** Of its file, or of what is in the file's place; null when there is nothing (1.6). */
  stats: Stats | null;
  /** Who has the secret (1.6); null for nobody. */
  owner: SecretOwner | null;
}

/** Looks at a session anew. Null when it does not exist. @throws a system error, StoreError */
export function findSession(wiki: Wiki, reader: WikiReader, id: string): FoundSession | null {
  const name = reader.nameOf(id);
  if (name === null) return null;
  const found = { id, name, owner: wiki.secrets?.ownerNow(name) ?? null };
  const stats = wiki.sessions.statsOf(name);
  if (stats === null || stats.isDirectory()) return withoutFile(found, reader);
  try {
    const file = wiki.sessions.read(name);
    // Removed since: the next look says what is there.
    if (file === null) return findSession(wiki, reader, id);
    const content = { ...found, file, stats: file.stats };
    return readable(content, reader);
  } catch (error) {
    const unreadable = reasonOf(error);
    if (unreadable !== DENIED) return { ...found, record: null, unreadable, file: null, stats };
    return { ...found, record: reader.entries.outline(id, name), unreadable, file: null, stats };
  }
}

function readable(
  found: Omit<FoundSession, 'record' | 'unreadable' | 'file'> & { file: WikiFile },
  reader: WikiReader,
): FoundSession {
  try {
    return { ...found, record: reader.entries.recordOf(found.id, found.file), unreadable: '' };
  } catch (error) {
    return { ...found, record: null, unreadable: reasonOf(error) };
  }
}

/** A login of 1.6 may have a secret and no file. */
function withoutFile(
  found: Pick<FoundSession, 'id' | 'name' | 'owner'>,
  reader: WikiReader,
): FoundSession | null {
  if (found.owner === null) return null;
  const record = reader.entries.withoutFile(found.id, found.name)?.record ?? null;
  return record === null ? null : { ...found, record, unreadable: '', file: null, stats: null };
}

/** @throws `error` when it is not the file's own */
function reasonOf(error: unknown): string {
  const reason = faultOfFile(error);
  if (reason === null) throw error;
  return reason;
}

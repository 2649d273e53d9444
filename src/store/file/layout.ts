import { join, sep } from 'node:path';
import { replacedName } from '../../disk/temporary.js';

/** All names of two hex digits: the folders of the records. */
const PREFIXES: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));

/**
 * The files of a session in its folder, and their lives:
 *
 *     .ID.json.UNIQUE.tmp --rename--> ID.json --add a line--> ID.json     saves (`record-file.ts`)
 *                                     ID.json --remove--> (nothing)       a purge
 *                                     ID.json --rename--> ID.gone         an end on purpose; then overwritten
 *     .ID.gone.UNIQUE.tmp --rename--> ID.gone --sweep---> (nothing)       an end without a record; then its time is over
 *
 * To end a session, the store renames ID.json to ID.gone and overwrites or replaces it: a process killed in between has ended
 * the session. Where ID.json cannot be read, the store writes ID.gone first and removes ID.json then. A full disk reverses the
 * two steps. While ID.gone exists, no request opens ID.json. A killed writer leaves a temporary file, which readers ignore
 * and `sweep` removes under the session's lock.
 */
export type FileKind = 'record' | 'tombstone' | 'temporary';

/** Most files: a test takes a third of the time that groups take. */
const RECORD_FILE = /^[0-9a-f]{32}\.json$/;
const SESSION_FILE = /^([0-9a-f]{32})\.(json|gone)$/;
const LIST_FILE = /^([0-9a-f]{3})(?:\.past)?$/;

/** The number of the lock file's byte for the secret. Smaller numbers are for sessions, larger ones for lists. */
export const SECRET_SLOT = 2 ** 48;

/** One of the 4096 lists of the user index (`user-index.ts`). */
export interface SessionList {
  /** The file that lists the sessions in use. */
  path: string;
  /** The file that lists sessions that ended or expired, and whose records remain until a purge. */
  past: string;
  /** The number of the lock file's byte for both. */
  slot: number;
}

/**
 * The paths in a store's folder: `ab/ID.json` a record, `ab/ID.gone` a tombstone, `users/abc` and `users/abc.past` a list
 * of users' sessions, `lock` the lock file, `secret` the site's secret.
 */
export class FileLayout {
  readonly lock: string;
  readonly secret: string;
  readonly users: string;

  constructor(readonly root: string) {
    this.lock = join(root, 'lock');
    this.secret = join(root, 'secret');
    this.users = join(root, 'users');
  }

  /** The caller has checked `id` (I6). */
  record(id: string): string {
    return `${this.root}${sep}${id.slice(0, 2)}${sep}${id}.json`;
  }

  /** The caller has checked `id` (I6). */
  tombstone(id: string): string {
    return `${this.root}${sep}${id.slice(0, 2)}${sep}${id}.gone`;
  }

  /** @param name three hex digits */
  list(name: string): SessionList {
    const path = join(this.users, name);
    return { path, past: `${path}.past`, slot: SECRET_SLOT + 1 + Number.parseInt(name, 16) };
  }

  /** The folders of records, whether they exist or not. */
  folders(): { prefix: string; path: string }[] {
    return PREFIXES.map((prefix) => ({ prefix, path: join(this.root, prefix) }));
  }
}

/** The kind of a file in the folder of `prefix`; null when the store makes no file of this name there. */
export function recognize(prefix: string, name: string): { kind: FileKind; id: string } | null {
  if (RECORD_FILE.test(name))
    return name.startsWith(prefix) ? { kind: 'record', id: name.slice(0, 32) } : null;
  const replaced = replacedName(name);
  const [, id, extension] = SESSION_FILE.exec(replaced ?? name) ?? [];
  if (id === undefined || !id.startsWith(prefix)) return null;
  if (replaced !== null) return { kind: 'temporary', id };
  return { kind: extension === 'json' ? 'record' : 'tombstone', id };
}

/** Whether a file in the store's folder is the temporary file of a killed writer of the secret. */
export function isSecretLeftover(name: string): boolean {
  return replacedName(name) === 'secret';
}

/** The name of the list that a file in the folder of users belongs to; null when it is not one of a list. */
export function listName(name: string): string | null {
  return LIST_FILE.exec(name)?.[1] ?? null;
}

/** The name of the list whose temporary file a killed writer left under this name; null for other files. */
export function listLeftover(name: string): string | null {
  return listName(replacedName(name) ?? '');
}

/** The number of the lock file's byte for a session. Two sessions that share a byte only wait for each other. */
export function lockSlot(id: string): number {
  return Number.parseInt(id.slice(0, 12), 16);
}

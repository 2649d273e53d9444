import { join, sep } from 'node:path';

/** All names of two hex digits: records are spread over as many folders. */
const PREFIXES: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));

/** What a file beside the records is for. `temporary`: a write in progress, or what a killed writer left. */
export type FileKind = 'record' | 'tombstone' | 'temporary';

const NAMES: readonly (readonly [FileKind, RegExp])[] = [
  ['record', /^([0-9a-f]{32})\.json$/],
  ['tombstone', /^([0-9a-f]{32})\.gone$/],
  ['temporary', /^\.([0-9a-f]{32})\.(?:json|gone)\.[0-9a-f]{12}\.tmp$/],
];

/**
 * Where things are in a store's folder. `ab/ID.json` a session, `ab/ID.gone` the trace of one, `users/abc` a list of
 * users' sessions, `users/abc.past` one of those that are over, `lock` the lock file, `secret` the site's secret.
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

  /** `id` has been checked (I6): it becomes part of a path here, and nowhere else. */
  record(id: string): string {
    return `${this.root}${sep}${id.slice(0, 2)}${sep}${id}.json`;
  }

  tombstone(id: string): string {
    return join(this.root, id.slice(0, 2), `${id}.gone`);
  }

  /** One of the lists of users' sessions. `name`: three hex digits. */
  list(name: string): string {
    return join(this.users, name);
  }

  /** The folders of records, whether they exist or not. */
  folders(): { prefix: string; path: string }[] {
    return PREFIXES.map((prefix) => ({ prefix, path: join(this.root, prefix) }));
  }
}

/** What the file of this name in the folder of `prefix` is; null for what is none of ours. */
export function recognize(prefix: string, name: string): { kind: FileKind; id: string } | null {
  for (const [kind, pattern] of NAMES) {
    const id = pattern.exec(name)?.[1];
    if (id?.startsWith(prefix)) return { kind, id };
  }
  return null;
}

/** What a killed writer of the secret left. */
export function isSecretLeftover(name: string): boolean {
  return /^\.secret\.[0-9a-f]{12}\.tmp$/.test(name);
}

/** Whether a file in the folder of users is a list of sessions. */
export function isListName(name: string): boolean {
  return /^[0-9a-f]{3}(?:\.past)?$/.test(name);
}

/** What somebody left who was killed while rewriting a list of users' sessions: the list's name, or null. */
export function listLeftover(name: string): string | null {
  return /^\.([0-9a-f]{3})(?:\.past)?\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1] ?? null;
}

/** The byte of the lock file that stands for a session. Two that share one only wait for each other. */
export function lockSlot(id: string): number {
  return Number.parseInt(id.slice(0, 12), 16);
}

/** The byte that stands for the secret: behind those of all sessions. */
export const SECRET_SLOT = 2 ** 48;

import { randomBytes } from 'node:crypto';
import { closeSync, constants, lstatSync, openSync, type Stats, statSync } from 'node:fs';
import { errorCode, StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import { type Folders, mayOthersWrite } from '../../disk/folders.js';
import { plainStats, readPart } from '../../disk/plain-file.js';
import { SECRET_SLOT } from './layout.js';
import type { FileParts } from './parts.js';

/** 32 bytes or more, in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43,}\s*$/;

/** No secret is longer than this, in bytes. */
const LONGEST = 64 * 1024;

/** Follows a link on purpose, but waits for no writer of a pipe. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The site's secret as the store's folder keeps it; made on first use if `create` (spec 4), else null when there is none.
 * @throws StoreError where somebody else could have put it there, or could put another one
 */
export async function keptSecret(parts: FileParts, options: { create: boolean }): Promise<Buffer | null> {
  const path = parts.layout.secret;
  const doing = `cannot use the secret in ${path}`;
  const kept = withRemedy(doing, () => readSecret(parts));
  if (kept !== null || !options.create) return kept;
  return parts.locks.exclusive(SECRET_SLOT, () =>
    withRemedy(doing, () => readSecret(parts) ?? makeSecret(parts)),
  );
}

function makeSecret({ disk, layout }: FileParts): Buffer {
  const secret = randomBytes(32);
  disk.replace(layout.secret, `${secret.toString('base64url')}\n`);
  return secret;
}

function readSecret({ disk, layout }: FileParts): Buffer | null {
  const { root, secret: path } = layout;
  const folder = statSync(root, { throwIfNoEntry: false });
  if (folder === undefined) return null;
  if (mayOthersWrite(folder))
    throw new StoreError(
      `others may write in the store's folder ${root}, so no secret in it is used: 'chmod go-w ${root}', and remove what is not yours in it; or set the option 'secrets'`,
    );
  const file = trustedFile(disk.folders, path);
  if (file === null) return null;
  const text = textOf(file.fd, file.size);
  if (SECRET.test(text)) return Buffer.from(text.trim(), 'base64url');
  throw new StoreError(
    `the secret in ${path} is not 32 bytes or more in base64url: restore it, or remove it, which ends all sessions`,
  );
}

/**
 * The file, opened; null when there is none. A symbolic link is followed, for an operator may keep the secret elsewhere,
 * if root or we ourselves made it; one that the folder's owner made, as far as it leads to a file of theirs: else they
 * could have root read a secret of somebody else.
 */
function trustedFile(folders: Folders, path: string): { fd: number; size: number } | null {
  const named = lstatSync(path, { throwIfNoEntry: false });
  if (named === undefined) return null;
  assertTrusted(folders, path, named);
  const fd = openIfThere(path);
  if (fd === null && named.isSymbolicLink())
    throw new StoreError(
      `the secret in ${path} is a link to nothing: restore what it leads to, or remove it, which ends all sessions`,
    );
  if (fd === null) return null;
  try {
    const stats = plainStats(fd);
    assertTrusted(folders, path, stats);
    if (named.isSymbolicLink() && !mayLead(named, stats))
      throw untrusted(path, 'it is a link to a file of another owner');
    if (mayOthersWrite(stats))
      throw new StoreError(
        `others may write to the secret in ${path}, so it is not used: 'chmod go-w ${path}'`,
      );
    return { fd, size: stats.size };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function mayLead(link: Stats, target: Stats): boolean {
  return link.uid === 0 || link.uid === process.geteuid?.() || link.uid === target.uid;
}

function assertTrusted(folders: Folders, path: string, { uid }: Stats): void {
  if (!folders.isTrusted(uid))
    throw untrusted(path, 'it belongs to somebody else than the owner of its folder');
}

function untrusted(path: string, why: string): StoreError {
  return new StoreError(
    `the secret in ${path} is not used, for ${why}: give it to the owner of the folder with 'chown', or remove it, which ends all sessions`,
  );
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, READ);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function textOf(fd: number, size: number): string {
  try {
    return readPart(fd, 0, Math.min(size, LONGEST)).toString();
  } finally {
    closeSync(fd);
  }
}

import { lstatSync, type Stats, statSync } from 'node:fs';
import { StoreError } from '../../base/errors.js';
import { lateCrypto } from '../../base/late-crypto.js';
import { withRemedy } from '../../disk/fault.js';
import { type Folders, mayOthersWrite } from '../../disk/folders.js';
import { closeAfter, openIfExists, READ_LINKED } from '../../disk/open.js';
import { plainStats, readPart } from '../../disk/plain-file.js';
import { parseSecret, SHORTEST_SECRET, secretText } from '../secret.js';
import { SECRET_SLOT } from './layout.js';
import type { FileParts } from './parts.js';

/** How many bytes of the file to read: no secret is longer. */
const LONGEST = 64 * 1024;

/**
 * The site's secret in the store's folder. With `create`, a missing secret is made (spec 4); else it is null.
 * @throws StoreError when another user may have written the secret, or can replace it
 */
export async function siteSecret(parts: FileParts, options: { create: boolean }): Promise<Buffer | null> {
  const path = parts.layout.secret;
  const doing = `cannot use the secret in ${path}`;
  const secret = withRemedy(doing, () => readSecret(parts));
  if (secret !== null || !options.create) return secret;
  return parts.locks.exclusive(SECRET_SLOT, () =>
    withRemedy(doing, () => readSecret(parts) ?? makeSecret(parts)),
  );
}

/**
 * Makes this the site's secret, as `SecretKeeper.adoptSecret`.
 * @param holdsRecords whether cookies that were signed with another secret open sessions here
 * @throws TypeError for a secret that is too short or too long; StoreError as `siteSecret`
 */
export async function adoptSecret(
  parts: FileParts,
  secret: Uint8Array,
  holdsRecords: () => Promise<boolean>,
): Promise<'adopted' | 'kept' | 'refused'> {
  const text = secretText(secret);
  const mayReplace = !(await holdsRecords());
  return parts.locks.exclusive(SECRET_SLOT, () =>
    withRemedy(`cannot use the secret in ${parts.layout.secret}`, () => {
      const current = readSecret(parts);
      if (current !== null && Buffer.compare(current, secret) === 0) return 'kept';
      if (current !== null && !mayReplace) return 'refused';
      writeSecret(parts, text);
      return 'adopted';
    }),
  );
}

function makeSecret(parts: FileParts): Buffer {
  const secret = lateCrypto().randomBytes(SHORTEST_SECRET);
  writeSecret(parts, secretText(secret));
  return secret;
}

function writeSecret({ disk, layout }: FileParts, text: string): void {
  disk.replace(layout.secret, `${text}\n`);
}

function readSecret({ disk, layout }: FileParts): Buffer | null {
  const { root, secret: path } = layout;
  const folder = statSync(root, { throwIfNoEntry: false });
  if (folder === undefined) return null;
  if (mayOthersWrite(folder))
    throw new StoreError(
      `others may write in the store's folder ${root}, so no secret in it is used: 'chmod go-w ${root}', and remove what is not yours in it; or set the option 'secrets'`,
    );
  const text = trustedText(disk.folders, path);
  if (text === null) return null;
  const secret = parseSecret(text);
  if (secret !== null) return secret;
  throw new StoreError(
    `the secret in ${path} is not 32 bytes or more in base64url: restore it, or remove it, which ends all sessions`,
  );
}

/**
 * The text of the file; null when it does not exist. Follows a symbolic link, because operators link a secret that they
 * keep elsewhere. A link of the folder's owner must lead to a file of that owner: else the owner could make root read
 * another user's secret.
 */
function trustedText(folders: Folders, path: string): string | null {
  const named = lstatSync(path, { throwIfNoEntry: false });
  if (named === undefined) return null;
  assertTrusted(folders, path, named);
  const file = openIfExists(path, READ_LINKED);
  if (file === null && named.isSymbolicLink())
    throw new StoreError(
      `the secret in ${path} is a link to nothing: restore what it leads to, or remove it, which ends all sessions`,
    );
  if (file === null) return null;
  return closeAfter(file, (fd) => {
    const stats = plainStats(fd);
    assertTrusted(folders, path, stats);
    if (named.isSymbolicLink() && !mayFollow(named, stats))
      throw untrusted(path, 'it is a link to a file of another owner');
    if (mayOthersWrite(stats))
      throw new StoreError(
        `others may write to the secret in ${path}, so it is not used: 'chmod go-w ${path}'`,
      );
    return readPart(fd, 0, Math.min(stats.size, LONGEST)).toString();
  });
}

function mayFollow(link: Stats, target: Stats): boolean {
  return link.uid === 0 || link.uid === process.geteuid?.() || link.uid === target.uid;
}

function assertTrusted(folders: Folders, path: string, { uid }: Stats): void {
  if (!folders.isTrusted(uid))
    throw untrusted(path, 'it belongs to somebody else than the owner of its folder');
}

function untrusted(path: string, why: string): StoreError {
  return new StoreError(
    `the secret in ${path} is not used, because ${why}: give it to the owner of the folder with 'chown', or remove it, which ends all sessions`,
  );
}

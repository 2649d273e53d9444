import { lstatSync, type Stats, statSync } from 'node:fs';
import { StoreError } from '../../base/errors.js';
import { lateCrypto } from '../../base/late-crypto.js';
import { withRemedy } from '../../disk/fault.js';
import { type Folders, mayOthersWrite } from '../../disk/folders.js';
import { closeAfter, openIfExists, READ_LINKED } from '../../disk/open.js';
import { plainStats, readPart } from '../../disk/plain-file.js';
import { areSameSecrets, hasSecret, parseSecrets, SHORTEST_SECRET, secretsText } from '../secret.js';
import { SECRET_SLOT } from './layout.js';
import type { FileParts } from './parts.js';

/** How many bytes of the file to read: as many secrets as a store keeps are no longer. */
const LONGEST = 512 * 1024;

/**
 * The site's secret in the store's folder. With `create`, a missing secret is made (spec 4); else it is null.
 * @throws StoreError when another user may have written the secret, or can replace it
 */
export async function siteSecret(parts: FileParts, options: { create: boolean }): Promise<Buffer | null> {
  const [secret] = siteSecrets(parts);
  if (secret !== undefined || !options.create) return secret ?? null;
  return exclusively(parts, () => readSecrets(parts)[0] ?? makeSecret(parts));
}

/** Every secret in the store's folder; the first signs. @throws StoreError as `siteSecret` */
export function siteSecrets(parts: FileParts): readonly Buffer[] {
  return withRemedy(doing(parts), () => readSecrets(parts));
}

/**
 * Puts other secrets in the place of those that are there, as `SecretKeeper.replaceSecrets`.
 * @throws TypeError for secrets that no store keeps; StoreError as `siteSecret`, and when the secret is a link
 */
export async function replaceSecrets(
  parts: FileParts,
  current: readonly Uint8Array[],
  next: readonly Uint8Array[],
): Promise<boolean> {
  const text = secretsText(next);
  return exclusively(parts, () => {
    if (!areSameSecrets(readSecrets(parts), current)) return false;
    assertNoLink(parts);
    writeSecrets(parts, text);
    return true;
  });
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
  const text = secretsText([secret]);
  const mayReplace = !(await holdsRecords());
  return exclusively(parts, () => {
    const current = readSecrets(parts);
    if (hasSecret(current, secret)) return 'kept';
    if (current.length > 0 && !mayReplace) return 'refused';
    writeSecrets(parts, text);
    return 'adopted';
  });
}

function exclusively<T>(parts: FileParts, section: () => T): Promise<T> {
  return parts.locks.exclusive(SECRET_SLOT, () => withRemedy(doing(parts), section));
}

function doing({ layout }: FileParts): string {
  return `cannot use the secret in ${layout.secret}`;
}

function makeSecret(parts: FileParts): Buffer {
  const secret = lateCrypto().randomBytes(SHORTEST_SECRET);
  writeSecrets(parts, secretsText([secret]));
  return secret;
}

/** A file that is there keeps owner, group and mode. */
function writeSecrets({ disk, layout }: FileParts, text: string): void {
  const before = disk.stats(layout.secret);
  disk.replace(layout.secret, `${text}\n`, undefined, before?.isFile() ? before : undefined);
}

/** Another file would take the place of the link, and what it leads to would stay as it is. */
function assertNoLink({ disk, layout }: FileParts): void {
  if (disk.stats(layout.secret)?.isSymbolicLink())
    throw new StoreError(
      `the secret in ${layout.secret} is a link: change the secret where it leads, the new one in the first line and the old one in the second`,
    );
}

function readSecrets({ disk, layout }: FileParts): readonly Buffer[] {
  const { root, secret: path } = layout;
  const folder = statSync(disk.folders.at(root), { throwIfNoEntry: false });
  if (folder === undefined) return [];
  if (mayOthersWrite(folder))
    throw new StoreError(
      `others may write in the store's folder ${root}, so no secret in it is used: 'chmod go-w ${root}', and remove what is not yours in it; or set the option 'secrets'`,
    );
  const text = trustedText(disk.folders, path);
  if (text === null) return [];
  const secrets = parseSecrets(text);
  if (secrets !== null) return secrets;
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
  const safe = folders.at(path);
  const named = lstatSync(safe, { throwIfNoEntry: false });
  if (named === undefined) return null;
  assertTrusted(folders, path, named);
  const file = openIfExists(safe, READ_LINKED);
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

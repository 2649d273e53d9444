import type { FileName } from '../files/names.js';
import { UNKNOWN_USER_ID } from '../users/user.js';
import type { StoredSecrets } from './secrets-file.js';

/** A file of secrets as it was read. */
export type SecretsFile = StoredSecrets | { unreadable: string };

/** Whose a secret is. */
export interface SecretOwner {
  /**
   * `?` when the store cannot tell, because the wiki was moved and the setting `user_dir` is missing; `?` and eight digits of the
   * file's name for a user who is gone.
   */
  userId: string;
  /** The name of the file that holds the secret, in the folder of the secrets. */
  file: FileName;
  /** Other files that hold it, too: somebody has copied it. The login ends with the last of them. */
  copies: readonly FileName[];
  index: number;
  /** When that file was written, in ms: at the last request of the user. */
  written: number;
}

/**
 * Every secret with its owner.
 * @param files by their names
 * @param userOf the id of the user of a file, by its name
 */
export function ownersIn(
  files: readonly (readonly [FileName, SecretsFile])[],
  userOf: ReadonlyMap<FileName, string>,
): ReadonlyMap<FileName, SecretOwner> {
  const isProven = files.some(([file]) => userOf.has(file));
  const owners = new Map<FileName, SecretOwner>();
  for (const [file, content] of files) {
    if ('unreadable' in content) continue;
    const userId = userOf.get(file) ?? (isProven ? `${UNKNOWN_USER_ID}${file.slice(0, 8)}` : UNKNOWN_USER_ID);
    for (const [index, name] of content.secrets) {
      const claim = { userId, file, copies: [], index, written: content.written };
      owners.set(name, joined(owners.get(name), claim));
    }
  }
  return owners;
}

/** One owner of two claims to a secret: a user who is known before one who is not, else the first. */
function joined(first: SecretOwner | undefined, second: SecretOwner): SecretOwner {
  if (first === undefined || first.file === second.file) return first ?? second;
  const [owner, other] = isKnown(second) && !isKnown(first) ? [second, first] : [first, second];
  return { ...owner, copies: [...first.copies, other.file] };
}

function isKnown({ userId }: SecretOwner): boolean {
  return !userId.startsWith(UNKNOWN_USER_ID);
}

import { join } from 'node:path';
import { StoreError } from '../../base/errors.js';
import { warn } from '../../base/warn.js';
import { withRemedy } from '../../disk/fault.js';
import { FileCache } from '../files/file-cache.js';
import { DENIED, WikiFolder } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import { UNKNOWN_USER_ID } from '../users/user.js';
import type { WikiUsers } from '../users/users.js';
import { FileOwners } from './file-owners.js';
import { SecretIds } from './secret-ids.js';
import { isSecretsName, parseSecrets, type StoredSecrets } from './secrets-file.js';

/** The secrets of one user (1.6): each signs the cookies of one login, and names the file of its session. */
export interface UserSecrets extends StoredSecrets {
  /** Absolute path of their file. */
  path: string;
  /** The path of the users' folder that the name of their file is made of: what the wiki's server takes for it. */
  userDir: string;
}

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

/** Ms. */
const RECENT = 250;

type SecretsFile = StoredSecrets | { unreadable: string };

/**
 * The secrets of the users of a wiki (1.6): the files of its folder `ussc`. The name of a file is a digest of the id of its user, and
 * of the path of the users' folder as the wiki's server spells it. Writes nothing.
 */
export class WikiSecrets {
  /** The folder of the secrets, absolute. */
  readonly dir: string;
  readonly #users: WikiUsers | null;
  readonly #givenDir: string | null;
  readonly #fileOwners: FileOwners;
  readonly #files: FileCache<SecretsFile>;
  #owners: ReadonlyMap<FileName, SecretOwner> = new Map();
  #isOwnersOf = '';
  #renewed = Number.NEGATIVE_INFINITY;
  readonly #names = new SecretIds();
  readonly #warned = new Set<string>();

  /**
   * @param userDirs what the wiki's server may take for the path of its users' folder: a name that matches is the proof
   * @param givenDir the setting `user_dir`
   */
  constructor(
    dir: string,
    users: WikiUsers | null,
    userDirs: readonly string[],
    givenDir: string | null = null,
  ) {
    this.dir = dir;
    this.#givenDir = givenDir;
    this.#users = users;
    this.#fileOwners = new FileOwners(users, userDirs);
    this.#files = new FileCache(new WikiFolder(dir), {
      isOne: isSecretsName,
      parse: parseSecrets,
      unreadable: (_name, reason): SecretsFile => ({ unreadable: reason }),
    });
  }

  /** The secrets of a user, as they are now; null when they have no file. @throws StoreError when their file cannot be read */
  of(userId: string): UserSecrets | null {
    for (const [name, userDir] of this.#fileOwners.filesOf(userId)) {
      const file = this.#reading(() => this.#files.get(name));
      if (file === null) continue;
      const path = join(this.dir, name);
      if ('unreadable' in file)
        throw new StoreError(`cannot read the secrets in ${path}: ${file.unreadable}`);
      return { path, userDir, ...file };
    }
    return null;
  }

  /** Looks at the files anew. Of thousands of files, this is a look of a second ago at most. */
  renew(): void {
    this.#reading(() => this.#files.renew());
    this.#warnUnreadable();
    if (this.#users !== null) this.#users.list();
    this.#renewOwners();
    this.#renewed = performance.now();
  }

  #renewOwners(): void {
    const versions = `${this.#files.version} ${this.#users?.version}`;
    if (versions === this.#isOwnersOf) return;
    this.#owners = this.#ownersNow();
    this.#isOwnersOf = versions;
  }

  /** Whose session the file of this name is, as of the last `renew`; null for no user's. */
  ownerOf(name: FileName): SecretOwner | null {
    return this.#owners.get(name) ?? null;
  }

  /**
   * The same for a writer: what the file of the secret says now. Who has none yet may get one by a login at any moment: that is seen a
   * quarter of a second later at most.
   */
  ownerNow(name: FileName): SecretOwner | null {
    if (this.isCurrent(name)) return this.ownerOf(name);
    const owner = this.ownerOf(name);
    if (owner !== null || performance.now() - this.#renewed > RECENT) this.renew();
    if (owner !== null) this.#renewOwners();
    return this.ownerOf(name);
  }

  /** Whether a user still has this secret, by a look at the one file that had it. */
  isCurrent(name: FileName): boolean {
    const owner = this.ownerOf(name);
    return owner !== null && this.#isIn(owner.file, name);
  }

  #isIn(file: FileName, secret: FileName): boolean {
    const content = this.#reading(() => this.#files.get(file));
    return content !== null && 'secrets' in content && [...content.secrets.values()].includes(secret);
  }

  /** The secret of this session id, as of the last `renew`; null for none. */
  nameOf(id: string): FileName | null {
    return this.#names.nameOf(id, this.#owners);
  }

  /** The path of a file of secrets that cannot be read, as of the last `renew`; null when all can be. */
  unreadableFile(): string | null {
    for (const [name, content] of this.#files.entries())
      if ('unreadable' in content) return join(this.dir, name);
    return null;
  }

  /** The names of the files that this process may not read, as of the last `renew`. */
  deniedFiles(): FileName[] {
    const files = [...this.#files.entries()];
    return files
      .filter(([, file]) => 'unreadable' in file && file.unreadable === DENIED)
      .map(([name]) => name);
  }

  /** How many secrets belong to users whom the store cannot tell, as of the last `renew`. */
  unknown(): number {
    return [...this.#owners.values()].filter(({ userId }) => userId === UNKNOWN_USER_ID).length;
  }

  /** Every secret with its owner, as of the last `renew`. */
  all(): ReadonlyMap<FileName, SecretOwner> {
    return this.#owners;
  }

  #ownersNow(): ReadonlyMap<FileName, SecretOwner> {
    const userOf = this.#fileOwners.all();
    const files = [...this.#files.entries()];
    const isProven = files.some(([file]) => userOf.has(file));
    const owners = new Map<FileName, SecretOwner>();
    for (const [file, content] of files) {
      if ('unreadable' in content || content.secrets.size === 0) continue;
      const userId = userOf.get(file) ?? (isProven ? `?${file.slice(0, 8)}` : UNKNOWN_USER_ID);
      if (userId === UNKNOWN_USER_ID) this.#warnUnknown();
      for (const [index, name] of content.secrets) {
        const claim = { userId, file, copies: [], index, written: content.written };
        owners.set(name, joined(owners.get(name), claim));
      }
    }
    return owners;
  }

  #reading<T>(work: () => T): T {
    return withRemedy(`cannot read the secrets of the wiki in ${this.dir}`, work);
  }

  /** One line for all files of one reason. */
  #warnUnreadable(): void {
    const reasons = new Map<string, FileName[]>();
    for (const [name, file] of this.#files.entries())
      if ('unreadable' in file && !this.#warned.has(name))
        reasons.set(file.unreadable, [...(reasons.get(file.unreadable) ?? []), name]);
    for (const [reason, names] of reasons) {
      for (const name of names) this.#warned.add(name);
      const [what, whose] =
        names.length === 1
          ? [`the file of secrets ${names[0]}`, 'its user']
          : [`${names.length} files of secrets`, 'their users'];
      warn(
        'MOIN_SESSIONS_WIKI_SECRETS',
        `${what} in ${this.dir} cannot be read (${reason}): the sessions of ${whose} are shown as those of nobody`,
      );
    }
  }

  #warnUnknown(): void {
    const dir = "the folder of the users as the wiki's server spells it";
    const why =
      this.#givenDir !== null
        ? `the setting user_dir, ${this.#givenDir}, fits none of them, nor does any other path that was tried: give ${dir}`
        : `${this.#users === null ? 'the folder of the users is not there' : 'the wiki was moved'}: give its setting 'user_dir' (--wiki-config user_dir=DIR), ${dir}`;
    this.#warnOnce('', `the owners of the logins in ${this.dir} are not known, because ${why}`);
  }

  #warnOnce(what: string, message: string): void {
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    warn('MOIN_SESSIONS_WIKI_SECRETS', message);
  }
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

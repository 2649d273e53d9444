import { join } from 'node:path';
import { StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import { FileCache } from '../files/file-cache.js';
import { DENIED, WikiFolder } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import { UNKNOWN_USER_ID } from '../users/user.js';
import type { WikiUsers } from '../users/users.js';
import { FileOwners } from './file-owners.js';
import { ownersIn, type SecretOwner, type SecretsFile } from './owner.js';
import { SecretIds } from './secret-ids.js';
import { isSecretsName, parseSecrets, type StoredSecrets } from './secrets-file.js';
import { SecretWarnings } from './warnings.js';

/** The secrets of one user (1.6): each signs the cookies of one login, and names the file of its session. */
export interface UserSecrets extends StoredSecrets {
  /** Absolute path of their file. */
  path: string;
  /** The path of the users' folder that the name of their file is made of: what the wiki's server takes for it. */
  userDir: string;
}

/** Ms. */
const RECENT = 250;

/**
 * The secrets of the users of a wiki (1.6): the files of its folder `ussc`. The name of a file is a digest of the id of its user, and
 * of the path of the users' folder as the wiki's server spells it. Writes nothing.
 */
export class WikiSecrets {
  /** The folder of the secrets, absolute. */
  readonly dir: string;
  readonly #users: WikiUsers | null;
  readonly #fileOwners: FileOwners;
  readonly #files: FileCache<SecretsFile>;
  #owners: ReadonlyMap<FileName, SecretOwner> = new Map();
  #isOwnersOf = '';
  #renewed = Number.NEGATIVE_INFINITY;
  readonly #names = new SecretIds();
  readonly #warnings: SecretWarnings;

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
    this.#warnings = new SecretWarnings(dir, { hasUsers: users !== null, givenDir });
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
    this.#warnings.unreadable(this.#files.entries());
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
    const owners = ownersIn([...this.#files.entries()], this.#fileOwners.all());
    if ([...owners.values()].some(({ userId }) => userId === UNKNOWN_USER_ID)) this.#warnings.unknownOwners();
    return owners;
  }

  #reading<T>(work: () => T): T {
    return withRemedy(`cannot read the secrets of the wiki in ${this.dir}`, work);
  }
}

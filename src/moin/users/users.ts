import { warn } from '../../base/warn.js';
import { withRemedy } from '../../disk/fault.js';
import type { DirectoryUser, UserDirectory } from '../../users/directory.js';
import { readMoinPassword } from '../../users/legacy/moin-password.js';
import { verifyMoinPassword } from '../../users/verify-moin-password.js';
import { FileCache } from '../files/file-cache.js';
import { WikiFolder } from '../files/folder.js';
import { UNKNOWN_USER_ID, type WikiUser } from './user.js';
import { isUserId, parseUser, userWithoutFile } from './user-file.js';

/**
 * The users of a wiki, read from the files in its folder `user` (not from its caches). A change of a file is seen at the next
 * question; with thousands of users, a new name is seen a second later. Writes nothing.
 */
export class WikiUsers implements UserDirectory {
  /** The folder of the users, absolute. */
  readonly dir: string;
  readonly #files: FileCache<WikiUser>;
  /** The ids by name, as of `#namesOf`. */
  #names: ReadonlyMap<string, readonly string[]> = new Map();
  #namesOf = -1;
  #hasWarned = false;

  /** Touches no file yet. @param dir absolute */
  constructor(dir: string) {
    this.dir = dir;
    this.#files = new FileCache(new WikiFolder(dir), {
      isOne: isUserId,
      parse: parseUser,
      unreadable: (id, reason) => this.#unreadable(id, reason),
    });
  }

  /** Counts the changes of the files that were seen. */
  get version(): number {
    return this.#files.version;
  }

  /**
   * The user of this name, compared in Unicode's form NFC. Of several, the one with the oldest account: see `duplicates`.
   * @throws StoreError when the folder cannot be read
   */
  async findByName(name: string): Promise<WikiUser | null> {
    const [id] = this.#byName().get(name.normalize('NFC')) ?? [];
    return id === undefined ? null : this.byId(id);
  }

  /** @throws StoreError when the folder cannot be read */
  async findById(id: string): Promise<WikiUser | null> {
    return this.byId(id);
  }

  /** As `findById`, without waiting. A user whom the store cannot tell (`?`) counts as one that exists. */
  byId(id: string): WikiUser | null {
    if (id === UNKNOWN_USER_ID) return userWithoutFile(id);
    return this.#reading(() => this.#files.get(id));
  }

  /**
   * Whether this is the user's password: the hashes of MoinMoin that `users import-moin` takes. Where nobody has the typed name, the
   * hash of the oldest account is checked, so that the answer takes as long as for an account like that.
   * @throws TooManyLoginsError; StoreError for a hash that cannot be checked here
   */
  async verifyPassword(user: DirectoryUser | null, password: string, name = ''): Promise<boolean> {
    const known = user === null ? null : this.byId(user.id);
    const { enc_password = '' } = known ?? this.#anyone() ?? {};
    return (await verifyMoinPassword(enc_password, password, name)) && known !== null;
  }

  /** Every user, the oldest account first. @throws StoreError when the folder cannot be read */
  list(): Iterable<WikiUser> {
    this.#reading(() => this.#files.renew());
    return [...this.#files.entries()].map(([, user]) => user).sort(byAge);
  }

  /** The ids of the users who share a name, by name, the oldest account first. */
  duplicates(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#byName()].filter(([, ids]) => ids.length > 1));
  }

  /** A user whose password can be checked. */
  #anyone(): WikiUser | undefined {
    for (const user of this.list()) if (readMoinPassword(user.enc_password).hash !== null) return user;
    return undefined;
  }

  #byName(): ReadonlyMap<string, readonly string[]> {
    const users = this.list();
    if (this.#namesOf === this.version) return this.#names;
    const names = new Map<string, string[]>();
    for (const { id, name } of users) {
      const same = names.get(name.normalize('NFC'));
      if (same !== undefined) same.push(id);
      else if (name !== '') names.set(name.normalize('NFC'), [id]);
    }
    this.#names = names;
    this.#namesOf = this.version;
    return names;
  }

  #reading<T>(work: () => T): T {
    return withRemedy(`cannot read the users of the wiki in ${this.dir}`, work);
  }

  #unreadable(id: string, reason: string): WikiUser {
    if (!this.#hasWarned)
      warn(
        'MOIN_SESSIONS_WIKI_USER',
        `the file of the user ${id} in ${this.dir} cannot be read (${reason}): the name is not known, and perhaps those of others`,
      );
    this.#hasWarned = true;
    return userWithoutFile(id);
  }
}

/** By the time in the id. A number would not tell apart accounts of one moment. */
function byAge(one: WikiUser, other: WikiUser): number {
  return Number.parseFloat(one.id) - Number.parseFloat(other.id) || (one.id < other.id ? -1 : 1);
}

import { lateCrypto } from '../../base/late-crypto.js';

/** The names of all keys of a store. The beginning is the site's own, so several sites share a database. */
export class Keys {
  readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  session(id: string): string {
    return `${this.prefix}s:${id}`;
  }

  /** The set of a user's session ids. Any text may be a user id, so its digest stands here. */
  user(userId: string): string {
    const digest = lateCrypto().createHash('sha256').update(Buffer.from(userId, 'utf16le')).digest('hex');
    return this.userOf(digest.slice(0, 32));
  }

  /** The same by its digest, as `idIn` gives it. */
  userOf(digest: string): string {
    return `${this.prefix}u:${digest}`;
  }

  /** Holds the layout of the servers for which the sets of all users are known to be complete. */
  get listed(): string {
    return `${this.prefix}listed`;
  }

  /** Says that this is a store, also while it holds no session. */
  get store(): string {
    return `${this.prefix}store`;
  }

  get secret(): string {
    return `${this.prefix}secret`;
  }

  /** The pattern for SCAN. @param idPrefix hex digits */
  sessions(idPrefix: string): string {
    return `${this.#literal}s:${idPrefix}*`;
  }

  /** The pattern of all users' sets. */
  get users(): string {
    return `${this.#literal}u:*`;
  }

  /** The pattern of all keys under the prefix. */
  get everything(): string {
    return `${this.#literal}*`;
  }

  /** The prefix in a pattern. */
  get #literal(): string {
    return this.prefix.replace(/[*?[\]\\^]/g, '\\$&');
  }

  /** The session id, or the digest of a user, in a key; what else lies under such a name gives none. */
  idIn(key: string): string {
    return key.slice(this.prefix.length + 2);
  }
}

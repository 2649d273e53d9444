import { StoreError } from '../../base/errors.js';
import { lateCrypto } from '../../base/late-crypto.js';
import type { Connection } from './connection.js';
import type { Keys } from './keys.js';

/** The length of a new secret, and the least of any, in bytes (spec 4). */
const SHORTEST_SECRET = 32;
/** 32 bytes or more, in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43,}$/;

/** The site's secret in Redis (spec 4). */
export class SiteSecret {
  readonly #connection: Connection;
  readonly #key: string;
  readonly #location: string;
  /** The text that was there last. */
  #known: string | null = null;

  constructor(connection: Connection, keys: Keys, location: string) {
    this.#connection = connection;
    this.#key = keys.secret;
    this.#location = location;
  }

  /**
   * The secret; null when there is none. With `create`, a missing one is made. A secret that was there and is not any more is put
   * back unless `isReadOnly`: a Redis that keeps nothing on its disk comes back empty, and servers go on.
   */
  async get({ create, isReadOnly }: { create: boolean; isReadOnly: boolean }): Promise<Buffer | null> {
    let text = await this.#read();
    if (text === null && !isReadOnly && (create || this.#known !== null)) {
      const secret = this.#known ?? lateCrypto().randomBytes(SHORTEST_SECRET).toString('base64url');
      await this.#connection.call({ isWrite: true }).send(this.#key, ['SET', this.#key, secret, 'NX']);
      text = await this.#read();
    }
    if (text === null) return null;
    if (!SECRET.test(text))
      throw new StoreError(
        `the secret under the key ${this.#key} of the store ${this.#location} is not 32 bytes or more in base64url: restore it, or delete the key, which ends all sessions`,
      );
    this.#known = text;
    return Buffer.from(text, 'base64url');
  }

  /**
   * Makes this the site's secret, as `SecretKeeper.adoptSecret`.
   * @param holdsRecords whether cookies that were signed with another secret open sessions here
   */
  async adopt(
    secret: Uint8Array,
    holdsRecords: () => Promise<boolean>,
  ): Promise<'adopted' | 'kept' | 'refused'> {
    if (!(secret.byteLength >= SHORTEST_SECRET))
      throw new TypeError(`a secret is ${SHORTEST_SECRET} bytes or more`);
    const text = Buffer.from(secret).toString('base64url');
    const current = await this.#read();
    if (current === text) return 'kept';
    if (current !== null && (await holdsRecords())) return 'refused';
    await this.#connection.call({ isWrite: true }).send(this.#key, ['SET', this.#key, text]);
    this.#known = text;
    return 'adopted';
  }

  async #read(): Promise<string | null> {
    const call = this.#connection.call({ isWrite: false });
    return (await call.send(this.#key, ['GET', this.#key])) as string | null;
  }
}

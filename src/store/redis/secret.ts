import { StoreError } from '../../base/errors.js';
import { lateCrypto } from '../../base/late-crypto.js';
import { parseSecret, SHORTEST_SECRET, secretText } from '../secret.js';
import type { Connection } from './connection.js';
import type { Keys } from './keys.js';
import { run, script } from './script.js';

/** Replaces the text if it is still ARGV[1]. */
const REPLACE = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`);

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
      await this.#put(this.#known ?? secretText(lateCrypto().randomBytes(SHORTEST_SECRET)), null);
      text = await this.#read();
    }
    if (text === null) return null;
    const secret = parseSecret(text);
    if (secret === null)
      throw new StoreError(
        `the secret under the key ${this.#key} of the store ${this.#location} is not 32 bytes or more in base64url: restore it; or stop the servers and delete the key, which ends all sessions`,
      );
    this.#known = text;
    return secret;
  }

  /**
   * Makes this the site's secret, as `SecretKeeper.adoptSecret`.
   * @param holdsRecords whether cookies that were signed with another secret open sessions here
   */
  async adopt(
    secret: Uint8Array,
    holdsRecords: () => Promise<boolean>,
  ): Promise<'adopted' | 'kept' | 'refused'> {
    const text = secretText(secret);
    for (;;) {
      const current = await this.#read();
      if (current === text) return 'kept';
      if (current !== null && (await holdsRecords())) return 'refused';
      if (!(await this.#put(text, current))) continue; // Somebody was quicker: decide on what is there now.
      this.#known = text;
      return 'adopted';
    }
  }

  /** Puts a text there if `current` still is, null: nothing. Returns whether it did. */
  async #put(text: string, current: string | null): Promise<boolean> {
    const call = this.#connection.call({ isWrite: true });
    if (current === null) return (await call.send(this.#key, ['SET', this.#key, text, 'NX'])) !== null;
    return (await run(call, REPLACE, this.#key, [current, text])) === 1;
  }

  async #read(): Promise<string | null> {
    const call = this.#connection.call({ isWrite: false });
    return (await call.send(this.#key, ['GET', this.#key])) as string | null;
  }
}

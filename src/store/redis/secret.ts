import { StoreError } from '../../base/errors.js';
import { lateCrypto } from '../../base/late-crypto.js';
import { areSameSecrets, hasSecret, parseSecrets, SHORTEST_SECRET, secretsText } from '../secret.js';
import type { Connection } from './connection.js';
import type { Keys } from './keys.js';
import { run, script } from './script.js';

/** Replaces the text if it is still ARGV[1]. */
const REPLACE = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`);

/** The site's secrets in Redis (spec 4), one a line; the first signs. */
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
   * The secrets; none when there is none. With `create`, a missing one is made. What was there and is not any more is put
   * back unless `isReadOnly`: a Redis that keeps nothing on its disk comes back empty, and servers go on.
   */
  async get({ create, isReadOnly }: { create: boolean; isReadOnly: boolean }): Promise<readonly Buffer[]> {
    let text = await this.#read();
    if (text === null && !isReadOnly && (create || this.#known !== null)) {
      await this.#put(this.#known ?? secretsText([lateCrypto().randomBytes(SHORTEST_SECRET)]), null);
      text = await this.#read();
    }
    if (text === null) return [];
    const secrets = this.#secretsIn(text);
    this.#known = text;
    return secrets;
  }

  #secretsIn(text: string): readonly Buffer[] {
    const secrets = parseSecrets(text);
    if (secrets === null)
      throw new StoreError(
        `the secret under the key ${this.#key} of the store ${this.#location} is not 32 bytes or more in base64url: restore it; or stop the servers and delete the key, which ends all sessions`,
      );
    return secrets;
  }

  /** Puts other secrets in the place of those that are there, as `SecretKeeper.replaceSecrets`. */
  async replace(current: readonly Uint8Array[], next: readonly Uint8Array[]): Promise<boolean> {
    const text = secretsText(next);
    const before = await this.#read();
    const kept = before === null ? [] : this.#secretsIn(before);
    if (!areSameSecrets(kept, current) || !(await this.#put(text, before))) return false;
    this.#known = text;
    return true;
  }

  /**
   * Makes this the site's secret, as `SecretKeeper.adoptSecret`.
   * @param holdsRecords whether cookies that were signed with another secret open sessions here
   */
  async adopt(
    secret: Uint8Array,
    holdsRecords: () => Promise<boolean>,
  ): Promise<'adopted' | 'kept' | 'refused'> {
    const text = secretsText([secret]);
    for (;;) {
      const current = await this.#read();
      if (current !== null && hasSecret(parseSecrets(current) ?? [], secret)) return 'kept';
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

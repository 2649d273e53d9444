import type { Clock } from '../../base/clock.js';
import { ConfigurationError, StoreError } from '../../base/errors.js';
import type { Soon } from '../../base/soon.js';
import { warn } from '../../base/warn.js';
import type { SecretKeeper, SessionStore } from '../../store/contract.js';
import { areSameSecrets, hasSecret, keptSecrets } from '../../store/secret.js';
import { CookieSigner } from './signer.js';

/** How long (ms) to use secrets before asking the store again. So long after a rotation every server knows the new one. */
export const FRESH = 1000;

/**
 * The signer of a site whose store keeps the secret (spec 4). It asks the store again, because the store may lose or
 * change the secret: other processes, and this one after a restart, refuse cookies signed with a secret that the
 * store does not have. Of several secrets the first signs, and all verify.
 */
export class StoreSigner {
  readonly #store: SessionStore & Partial<SecretKeeper>;
  readonly #cookieName: string;
  readonly #clock: Clock;
  /** Under way, for all requests that come meanwhile. */
  #asking: Promise<CookieSigner> | null = null;
  #current: { signer: CookieSigner; secrets: readonly Uint8Array[]; asked: number } | null = null;

  constructor(store: SessionStore, cookieName: string, clock: Clock) {
    this.#store = store;
    this.#cookieName = cookieName;
    this.#clock = clock;
  }

  /**
   * The signer with the store's current secret. Only the first call creates a missing secret.
   * @throws StoreError when the secret has disappeared: the store was removed, or its volume is not mounted
   */
  signer(): Soon<CookieSigner> {
    const now = this.#clock();
    // Both directions: the clock may have been set back.
    const isFresh = this.#current !== null && Math.abs(now - this.#current.asked) < FRESH;
    if (this.#current !== null && isFresh) return this.#current.signer;
    this.#asking ??= this.#ask(now).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(now: number): Promise<CookieSigner> {
    if (this.#current === null) return this.#use(await firstSecrets(this.#store), now);
    const secrets = await keptSecrets(this.#store);
    const [signing] = this.#current.secrets;
    if (secrets.length === 0) throw secretGone(this.#store.location);
    if (!areSameSecrets(secrets, this.#current.secrets)) {
      // Not after a rotation, whose old secret verifies until it is dropped.
      if (signing !== undefined && !hasSecret(secrets, signing)) warnOfChange(this.#store.location);
      return this.#use(secrets, now);
    }
    this.#current.asked = now;
    return this.#current.signer;
  }

  #use(secrets: readonly Uint8Array[], asked: number): CookieSigner {
    const signer = new CookieSigner(this.#cookieName, secrets);
    this.#current = { signer, secrets, asked };
    return signer;
  }
}

function secretGone(location: string): StoreError {
  return new StoreError(
    `the store ${location} was removed, or lost its secret, while this process used it: put it back, or restart the process, which makes a new secret and ends all sessions`,
  );
}

function warnOfChange(location: string): void {
  warn(
    'MOIN_SESSIONS_SECRET_CHANGED',
    `the store ${location} has another secret than before, and this process uses it from now on: cookies signed with the old one open nothing any more`,
  );
}

/**
 * The secrets that the store keeps; one is created if it has none. @throws ConfigurationError when the store keeps no
 * secrets
 */
async function firstSecrets(store: SessionStore & Partial<SecretKeeper>): Promise<readonly Uint8Array[]> {
  const secret = await store.secret?.({ create: true });
  const secrets = secret ? await keptSecrets(store) : [];
  if (secrets.length > 0) return secrets;
  if (secret) return [secret];
  throw new ConfigurationError(
    `the store ${store.location} keeps no secret: set the option 'secrets'; make one with: node -p "crypto.randomBytes(32).toString('base64url')"`,
  );
}

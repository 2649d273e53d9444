import type { Clock } from '../../base/clock.js';
import { ConfigurationError, StoreError } from '../../base/errors.js';
import type { Soon } from '../../base/soon.js';
import { warn } from '../../base/warn.js';
import type { SecretKeeper, SessionStore } from '../../store/contract.js';
import { CookieSigner } from './signer.js';

/** How long (ms) to use a secret before asking the store again. */
const FRESH = 1000;

/**
 * The signer of a site whose store keeps the secret (spec 4). It asks the store again, because the store may lose or
 * change the secret: other processes, and this one after a restart, refuse cookies signed with a secret that the
 * store does not have.
 */
export class StoreSigner {
  readonly #store: SessionStore & Partial<SecretKeeper>;
  readonly #cookieName: string;
  readonly #clock: Clock;
  /** Under way, for all requests that come meanwhile. */
  #asking: Promise<CookieSigner> | null = null;
  #current: { signer: CookieSigner; secret: Uint8Array; asked: number } | null = null;

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
    if (this.#current === null) return this.#use(await keptSecret(this.#store), now);
    const secret = await this.#store.secret?.({ create: false });
    if (!secret) throw secretGone(this.#store.location);
    if (Buffer.compare(secret, this.#current.secret) !== 0) {
      warnOfChange(this.#store.location);
      return this.#use(secret, now);
    }
    this.#current.asked = now;
    return this.#current.signer;
  }

  #use(secret: Uint8Array, asked: number): CookieSigner {
    const signer = new CookieSigner(this.#cookieName, [secret]);
    this.#current = { signer, secret, asked };
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
 * The secret that the store keeps; created if it is missing. @throws ConfigurationError when the store keeps no
 * secrets
 */
async function keptSecret(store: SessionStore & Partial<SecretKeeper>): Promise<Uint8Array> {
  const secret = await store.secret?.({ create: true });
  if (secret) return secret;
  throw new ConfigurationError(
    `the store ${store.location} keeps no secret: set the option 'secrets'; make one with: node -p "crypto.randomBytes(32).toString('base64url')"`,
  );
}

import { randomBytes } from 'node:crypto';
import { ConfigurationError, StoreError } from '../../base/errors.js';
import type { SecretKeeper, SessionStore } from '../../store/contract.js';
import { keptSecrets, MOST_SECRETS, SHORTEST_SECRET } from '../../store/secret.js';
import { FRESH } from '../cookie/store-signer.js';

type Keeper = SessionStore & Partial<SecretKeeper>;
type Rotatable = SessionStore & Required<Pick<SecretKeeper, 'secrets' | 'replaceSecrets'>>;

/** Ms. After this time every server that answers a request has read the secrets again: twice as long as it may use them. */
const SPREAD = 2 * FRESH;

/** What a rotation did, or would do. No secret is in it. */
export interface RotationReport {
  /** `rotated`: a new secret signs. `dropped`: the old ones verify no more. `nothing`: there was none to drop. */
  action: 'rotated' | 'dropped' | 'nothing';
  /** How many secrets verify afterwards. */
  verifying: number;
  /** How many were dropped. */
  dropped: number;
  dryRun: boolean;
}

interface RotationOptions {
  isDry: boolean;
  /** Waits for so many ms. */
  wait: (ms: number) => Promise<void>;
}

/**
 * Has the store sign with a new secret; the ones before go on verifying. Nobody is thrown out: the new secret is there for
 * verifying first, and signs when every server has read it. Killed in between, it leaves a secret that only verifies.
 * @throws ConfigurationError when the store keeps no secret, or too many; StoreError when others change it meanwhile
 */
export async function rotateSecret(store: Keeper, { isDry, wait }: RotationOptions): Promise<RotationReport> {
  assertRotatable(store);
  const before = await secretsOf(store);
  if (before.length >= MOST_SECRETS)
    throw new ConfigurationError(
      `the store ${store.location} has ${before.length} secrets already, and each costs time at every request: drop the old ones with 'moin-sessions secret rotate --drop'`,
    );
  if (!isDry) {
    const fresh = randomBytes(SHORTEST_SECRET);
    await replace(store, before, [...before, fresh]);
    await wait(SPREAD);
    await replace(store, [...before, fresh], [fresh, ...before]);
  }
  return { action: 'rotated', verifying: before.length + 1, dropped: 0, dryRun: isDry };
}

/** Keeps the secret that signs, and drops the others. @throws as `rotateSecret` */
export async function dropSecrets(
  store: Keeper,
  { isDry }: Pick<RotationOptions, 'isDry'>,
): Promise<RotationReport> {
  assertRotatable(store);
  const before = await secretsOf(store);
  const dropped = before.length - 1;
  if (dropped > 0 && !isDry) await replace(store, before, before.slice(0, 1));
  return { action: dropped > 0 ? 'dropped' : 'nothing', verifying: 1, dropped, dryRun: isDry };
}

function assertRotatable(store: Keeper): asserts store is Rotatable {
  if (store.secrets !== undefined && store.replaceSecrets !== undefined) return;
  throw new ConfigurationError(
    `the store ${store.location} keeps no secrets that could be rotated: make one with 'moin-sessions secret generate', and put it first in the option 'secrets'`,
  );
}

async function secretsOf(store: Keeper): Promise<readonly Uint8Array[]> {
  const secrets = await keptSecrets(store);
  if (secrets.length > 0) return secrets;
  throw new ConfigurationError(
    `the store ${store.location} has no secret yet: a server makes one at its start, so there is nothing to rotate`,
  );
}

async function replace(
  store: Rotatable,
  current: readonly Uint8Array[],
  next: readonly Uint8Array[],
): Promise<void> {
  if (await store.replaceSecrets(current, next)) return;
  throw new StoreError(
    `somebody else changed the secrets of the store ${store.location} meanwhile: see 'moin-sessions config show', and run this again`,
  );
}

import { randomBytes } from 'node:crypto';
import { ConfigurationError, StoreError } from '../../base/errors.js';
import type { SecretKeeper, SessionStore } from '../../store/contract.js';
import {
  areSameSecrets,
  keptSecrets,
  MOST_SECRETS,
  SHORTEST_SECRET,
  underWayIn,
  underWayList,
} from '../../store/secret.js';
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
 * verifying first, and signs when every server has read it. Killed in between, it leaves a mark, by which the next call finishes
 * it. Two at the same time are one rotation.
 * @throws ConfigurationError when the store keeps no secret, or too many; StoreError when others change it meanwhile
 */
export async function rotateSecret(store: Keeper, { isDry, wait }: RotationOptions): Promise<RotationReport> {
  assertRotatable(store);
  const current = await secretsOf(store);
  const { before, fresh } = underWayIn(current) ?? { before: current, fresh: null };
  // The mark of a rotation takes a place.
  if (fresh === null && before.length >= MOST_SECRETS - 1)
    throw new ConfigurationError(
      `the store ${store.location} has ${before.length} secrets already, and each costs time at every request: drop the old ones with 'moin-sessions secret rotate --drop'`,
    );
  const report = { action: 'rotated', verifying: before.length + 1, dropped: 0, dryRun: isDry } as const;
  if (isDry) return report;
  const next = fresh ?? randomBytes(SHORTEST_SECRET);
  const marked = underWayList(before, next);
  if (fresh === null) await replace(store, before, marked);
  await wait(SPREAD);
  const isDone = await store.replaceSecrets(marked, [next, ...before]);
  if (!isDone && !areSameSecrets(await secretsOf(store), [next, ...before])) throw changedMeanwhile(store);
  return report;
}

/** Keeps the secret that signs, and drops the others. @throws as `rotateSecret`; StoreError while a rotation is under way */
export async function dropSecrets(
  store: Keeper,
  { isDry }: Pick<RotationOptions, 'isDry'>,
): Promise<RotationReport> {
  assertRotatable(store);
  const before = await secretsOf(store);
  if (underWayIn(before) !== null)
    throw new StoreError(
      `a rotation of the store ${store.location} is under way, or was interrupted: its new secret does not sign yet, so nothing was dropped; finish it with 'moin-sessions secret rotate', and then drop`,
    );
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
  if (!(await store.replaceSecrets(current, next))) throw changedMeanwhile(store);
}

function changedMeanwhile({ location }: Rotatable): StoreError {
  return new StoreError(
    `somebody else changed the secrets of the store ${location} meanwhile: see 'moin-sessions config show', and run this again`,
  );
}

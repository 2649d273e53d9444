import type { SecretKeeper } from './contract.js';

/** The length of a new secret, and the least of any, in bytes (spec 4). */
export const SHORTEST_SECRET = 32;

/** The longest secret that a store keeps, in bytes. */
const LONGEST_SECRET = 32 * 1024;

/** The most secrets that a store keeps: a cookie costs an HMAC for each of them. */
export const MOST_SECRETS = 8;

/** 32 bytes or more, in base64url. */
const TEXT = /^[A-Za-z0-9_-]{43,}$/;

/** The text in which a store keeps secrets, one a line; the first signs. @throws TypeError for none, too many, and one that is too short or too long */
export function secretsText(secrets: readonly Uint8Array[]): string {
  if (secrets.length === 0 || secrets.length > MOST_SECRETS)
    throw new TypeError(`a store keeps 1 to ${MOST_SECRETS} secrets`);
  return secrets.map(lineOf).join('\n');
}

function lineOf(secret: Uint8Array): string {
  if (!(secret.byteLength >= SHORTEST_SECRET && secret.byteLength <= LONGEST_SECRET))
    throw new TypeError(`a secret is ${SHORTEST_SECRET} bytes or more, and at most ${LONGEST_SECRET}`);
  return Buffer.from(secret).toString('base64url');
}

/** The secrets in a text; null when a line is none. White space at its end does not matter. */
export function parseSecrets(text: string): [Buffer, ...Buffer[]] | null {
  const lines = text.trimEnd().split('\n');
  if (lines.length > MOST_SECRETS || !lines.every((line) => TEXT.test(line))) return null;
  return lines.map((line) => Buffer.from(line, 'base64url')) as [Buffer, ...Buffer[]];
}

/** Whether two lists hold the same secrets in the same order. */
export function areSameSecrets(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return some.length === others.length && some.every((secret, n) => isSameSecret(secret, others[n]));
}

export function hasSecret(secrets: readonly Uint8Array[], secret: Uint8Array): boolean {
  return secrets.some((one) => isSameSecret(one, secret));
}

function isSameSecret(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(one, other) === 0;
}

/** A rotation under way, or interrupted: `fresh` verifies, and is to sign in place of the first of `before`. */
export interface UnderWay<Secret> {
  before: readonly Secret[];
  fresh: Secret;
}

/**
 * The secrets of a rotation under way: those before, the new one, and once more the one that signs. The repetition is the mark:
 * without it a new secret that does not sign yet would look like an old one.
 */
export function underWayList(before: readonly Uint8Array[], fresh: Uint8Array): readonly Uint8Array[] {
  return [...before, fresh, ...before.slice(0, 1)];
}

/** The rotation that a list of secrets tells of; null when none is under way. */
export function underWayIn<Secret extends Uint8Array>(secrets: readonly Secret[]): UnderWay<Secret> | null {
  const [signing] = secrets;
  const fresh = secrets.at(-2);
  if (signing === undefined || fresh === undefined || secrets.length < 3) return null;
  return isSameSecret(signing, secrets.at(-1)) ? { before: secrets.slice(0, -2), fresh } : null;
}

/** Every secret that a store keeps, the one that signs first; none when it keeps none yet, or never does. */
export async function keptSecrets(store: Partial<SecretKeeper>): Promise<readonly Uint8Array[]> {
  // The store of a wiki has another thing of this name.
  if (typeof store.secrets === 'function') return store.secrets();
  const secret = await store.secret?.({ create: false });
  return secret ? [secret] : [];
}

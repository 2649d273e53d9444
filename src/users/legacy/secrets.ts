import { type LegacyKind, type LegacyScheme, legacyDigest, spellingsOf } from './scheme.js';

/**
 * What scrypt gets for each spelling of a tried password. Makes the digests of all kinds that are fast, so that the time tells none.
 * @param inner what is under the hash in question; null for a hash of ours, or none
 * @param kinds the distinct kinds of digests under all hashes
 * @throws StoreError as `legacyDigest`
 */
export async function secretsOf(
  inner: LegacyScheme | null,
  { password, typed }: { password: string; typed: string },
  kinds: readonly LegacyKind[],
): Promise<Buffer[]> {
  const spellings = kinds.length === 0 ? [Buffer.from(password)] : spellingsOf(password, typed, kinds);
  const decoys = kinds.filter((kind) => kind !== inner?.kind && kind !== 'sha512-crypt');
  const secrets: Buffer[] = [];
  for (const spelling of spellings) {
    for (const kind of decoys) await legacyDigest({ kind, salt: Buffer.alloc(8), rounds: 0 }, spelling);
    if (inner === null) secrets.push(spellings[0] ?? spelling);
    else secrets.push(await legacyDigest(inner, spelling));
  }
  return secrets;
}

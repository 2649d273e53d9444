import { ConfigurationError } from '../../../base/errors.js';
import type { SecretKeeper, SessionStore } from '../../../store/contract.js';
import { holdsRecords } from '../../../store/holds-records.js';
import { hasSecret, keptSecrets, MOST_SECRETS, underWayIn, underWayList } from '../../../store/secret.js';

type Keeper = SessionStore & Partial<SecretKeeper>;

/** `adopted`: the target has got secrets of the source; `kept`: it had them already; null: the source keeps none. */
export type CarriedSecret = 'adopted' | 'kept' | null;

type Adoption = 'adopted' | 'kept' | 'refused' | undefined;

/**
 * Gives the target the secrets that the source keeps, so that cookies go on to open sessions (spec 4). Run it before the copy: a
 * target that holds sessions takes no other secret. After a rotation the source has an old one as well, which only verifies.
 * @param isDry whether to write nothing, and tell what would happen
 * @throws ConfigurationError when the target cannot take the secrets; StoreError as the stores' methods
 */
export async function carrySecret(source: Keeper, target: Keeper, isDry: boolean): Promise<CarriedSecret> {
  const all = await keptSecrets(source);
  const own = await keptSecrets(target);
  const [signing] = all;
  if (signing === undefined) return null;
  if (all.every((secret) => hasSecret(own, secret))) return 'kept';
  assertRoom(source, target, { all, own });
  // A target that has one of them took part in a copy before the source's secret was rotated.
  if (!all.some((secret) => hasSecret(own, secret))) {
    const outcome = isDry ? await wouldAdopt(target, own) : await target.adoptSecret?.(signing);
    if (outcome !== 'adopted' && outcome !== 'kept') throw refusal(source, target, outcome);
  }
  if (!isDry && all.length > 1) await verifyBy(target, all);
  return 'adopted';
}

type Lists = Record<'all' | 'own', readonly Uint8Array[]>;

/** @throws ConfigurationError when the target keeps too few secrets for those of the source */
function assertRoom(source: Keeper, target: Keeper, { all, own }: Lists): void {
  if (target.adoptSecret === undefined) return;
  const most = target.replaceSecrets === undefined ? 1 : MOST_SECRETS;
  // One that is replaced as a whole needs no room for its own.
  const isReplaced = !all.some((secret) => hasSecret(own, secret));
  const next = isReplaced ? all : (withSecrets(own, all) ?? own);
  if (next.length <= most) return;
  throw new ConfigurationError(
    `${target.location} keeps ${most === 1 ? 'one secret' : `${most} secrets`} at most, and ${source.location} brings more: end rotations with 'moin-sessions secret rotate --drop' first, or list the secrets in the option 'secrets', and add --no-secret`,
  );
}

/** Has the target verify by all of these secrets, whichever it signs with. */
async function verifyBy(target: Keeper, all: readonly Uint8Array[]): Promise<void> {
  for (let isDone = false; !isDone; ) {
    const current = await keptSecrets(target);
    const next = withSecrets(current, all);
    isDone = next === null || (await target.replaceSecrets?.(current, next)) !== false;
  }
}

/**
 * The list of a target with what it lacks of the source's; null when it lacks nothing. The newest secret of the source is marked as that
 * of a rotation under way: behind the one that signs it would look like an old one, and a drop would keep the old one.
 */
function withSecrets(
  current: readonly Uint8Array[],
  all: readonly Uint8Array[],
): readonly Uint8Array[] | null {
  const missing = all.filter(
    (secret, n) => !hasSecret(current, secret) && !hasSecret(all.slice(0, n), secret),
  );
  if (missing.length === 0) return null;
  const own = underWayIn(current);
  const fresh = missing.find((secret) => hasSecret([newestOf(all)], secret)) ?? own?.fresh;
  const known = own === null ? current : [...own.before, own.fresh];
  const verifying = [...known, ...missing].filter((secret) => secret !== fresh);
  return fresh === undefined ? verifying : underWayList(verifying, fresh);
}

/** The secret that signs, or will when the rotation under way is over. */
function newestOf(all: readonly Uint8Array[]): Uint8Array {
  return underWayIn(all)?.fresh ?? (all[0] as Uint8Array);
}

function refusal(source: Keeper, target: Keeper, outcome: Adoption): ConfigurationError {
  const why = outcome === 'refused' ? 'has another secret, and sessions that need it' : 'takes no secret';
  return new ConfigurationError(
    `${target.location} ${why}, so the cookies of ${source.location} would open nothing there: list the secret of each store in the option 'secrets', and add --no-secret`,
  );
}

async function wouldAdopt(target: Keeper, own: readonly Uint8Array[]): Promise<Adoption> {
  if (target.adoptSecret === undefined) return undefined;
  return own.length > 0 && (await holdsRecords(target)) ? 'refused' : 'adopted';
}

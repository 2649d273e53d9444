import { ConfigurationError } from '../../../base/errors.js';
import type { SecretKeeper, SessionStore } from '../../../store/contract.js';
import { holdsRecords } from '../../../store/holds-records.js';

type Keeper = SessionStore & Partial<SecretKeeper>;

/** `adopted`: the target has got the source's secret; `kept`: it had it already; null: the source keeps none. */
export type CarriedSecret = 'adopted' | 'kept' | null;

/**
 * Gives the target the secret that the source keeps, so that cookies go on to open sessions (spec 4). Run it before the copy: a
 * target that holds sessions takes no other secret.
 * @param isDry whether to write nothing, and tell what would happen
 * @throws ConfigurationError when the target cannot take the secret; StoreError as the stores' methods
 */
export async function carrySecret(source: Keeper, target: Keeper, isDry: boolean): Promise<CarriedSecret> {
  const secret = await source.secret?.({ create: false });
  if (!secret) return null;
  const outcome = isDry ? await wouldAdopt(target, secret) : await target.adoptSecret?.(secret);
  if (outcome === 'adopted' || outcome === 'kept') return outcome;
  const why = outcome === 'refused' ? 'has another secret, and sessions that need it' : 'takes no secret';
  throw new ConfigurationError(
    `${target.location} ${why}, so the cookies of ${source.location} would open nothing there: list the secret of each store in the option 'secrets', and add --no-secret`,
  );
}

async function wouldAdopt(
  target: Keeper,
  secret: Uint8Array,
): Promise<'adopted' | 'kept' | 'refused' | undefined> {
  if (target.adoptSecret === undefined) return undefined;
  const own = await target.secret?.({ create: false });
  if (!own) return 'adopted';
  if (Buffer.compare(own, secret) === 0) return 'kept';
  return (await holdsRecords(target)) ? 'refused' : 'adopted';
}

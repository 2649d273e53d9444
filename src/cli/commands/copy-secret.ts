import { carrySecret } from '../../session/admin/copy/carry-secret.js';
import type { SecretKeeper } from '../../store/contract.js';
import { keptSecrets, underWayIn } from '../../store/secret.js';
import type { CopyResult } from '../output/copy-report.js';
import { note } from '../output/note.js';
import type { CopyRun } from './copy-records.js';

/** Brings the secret of the source to the target. A site that has the option `secrets` uses no secret of its store. */
export async function secretFor(
  { site, target, options }: CopyRun,
  isDry: boolean,
): Promise<CopyResult['secret']> {
  const isUsed = options.secret && site.options.secrets === undefined;
  return isUsed ? carrySecret(site.store, target, isDry) : null;
}

/** Says that a secret of the target does not sign yet: the source was rotated, or is being rotated. */
export async function noteUnderWay({ context, target, options }: CopyRun): Promise<void> {
  if (options.quiet || underWayIn(await keptSecrets(target as Partial<SecretKeeper>)) === null) return;
  await note(
    context,
    `${target.location} verifies by the newest secret, and does not sign with it yet: 'moin-sessions secret rotate' there has it sign`,
  );
}

import type { RotationReport } from '../../session/admin/rotate-secret.js';
import { counted } from './humanize.js';
import { fieldView, type View } from './view.js';

/** What `secret rotate` did. */
export const rotationView: View<RotationReport> = fieldView(
  ['action', 'verifying', 'dropped', 'dryRun'],
  ({ action }) => action,
);

/** The report as a sentence. */
export function rotationText({ action, verifying, dropped, dryRun }: RotationReport): string {
  if (action === 'nothing') return 'Nothing to drop: the store keeps one secret.';
  if (action === 'dropped')
    return `${dryRun ? 'Would drop' : 'Dropped'} ${counted(dropped, 'old secret')}. One signs and verifies.`;
  const old = verifying === 2 ? 'The old one verifies' : `${verifying - 1} old ones verify`;
  if (dryRun) return `Would make a new secret, which signs. ${old} until --drop.`;
  return `A new secret signs. ${old} until 'moin-sessions secret rotate --drop'.`;
}

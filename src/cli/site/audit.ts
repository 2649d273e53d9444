import type { SessionsOptions } from '../../config/options.js';
import type { CliContext } from '../context.js';
import type { SiteAudit } from './site-audit.js';

const NO_AUDIT: SiteAudit = { audit: () => {} };

/**
 * Opens the audit log if the site has one and the command changes something, does the work, and waits for the log.
 * @throws StoreError before the work when the log cannot be written; MoinSessionsError after it for entries that are lost
 */
export async function withAudit<T>(
  context: CliContext,
  { audit }: Pick<SessionsOptions, 'audit'>,
  changes: boolean,
  work: (audit: SiteAudit) => Promise<T>,
): Promise<T> {
  if (audit === undefined || !changes) return work(NO_AUDIT);
  const { CommandAudit } = await import('./command-audit.js');
  const log = new CommandAudit(context, audit);
  return log.during(() => work(log.site));
}

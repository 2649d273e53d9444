import type { AuditEntry } from '../../audit/entry.js';
import type { SessionsOptions } from '../../config/options.js';
import type { AdminSources } from '../../session/admin/select.js';
import type { CliContext } from '../context.js';

/** A change by a command. Who ran it, when and by which flags is added. Name ids and users, never values or secrets. */
type Change = Omit<AuditEntry, 'at' | 'by' | 'as' | 'host' | 'pid' | 'command'>;

/** How a command notes its changes in the site's audit log. */
export interface SiteAudit extends Pick<AdminSources, 'emit' | 'onRemoved'> {
  /** Notes one change, after it was made. Does nothing if the site has no audit log. Never throws. */
  audit(change: Change): void;
}

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

import type { AuditEntry } from '../../audit/entry.js';
import type { AdminSources } from '../../session/admin/select.js';

/** A change by a command. Who ran it, when and by which flags is added. Name ids and users, never values or secrets. */
type Change = Omit<AuditEntry, 'at' | 'by' | 'as' | 'host' | 'pid' | 'command'>;

/** How a command notes its changes in the site's audit log. */
export interface SiteAudit extends Pick<AdminSources, 'emit' | 'onRemoved'> {
  /** Notes one change, after it was made. Does nothing if the site has no audit log. Never throws. */
  audit(change: Change): void;
}

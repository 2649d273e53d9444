import type { AuditEntry } from '../../audit/entry.js';
import type { CliContext } from '../context.js';
import type { SiteAudit } from './site-audit.js';

/** Work on many sessions that the audit log notes as a whole. */
interface AuditedRun {
  event: AuditEntry['event'];
  /** How many sessions are done so far. */
  done: () => number;
}

/**
 * Notes that the work begins before it does, and when it is interrupted or fails, how far it came. `work` itself notes its end:
 * a beginning without an end in the log was killed.
 */
export async function auditRun<T>(
  { signal }: Pick<CliContext, 'signal'>,
  { audit }: SiteAudit,
  { event, done }: AuditedRun,
  work: () => Promise<T>,
): Promise<T> {
  audit({ event, reason: 'begun' });
  const onAbort = () => audit({ event, count: done(), reason: 'interrupted' });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) audit({ event, count: done(), reason: 'failed' });
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

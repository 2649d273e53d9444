import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../base/clock.js';
import { isUrl } from '../base/realm.js';
import { AuditFile } from './file.js';
import type { AuditSink, OnLoss } from './sink.js';
import { Syslog } from './syslog.js';
import { AuditTrail } from './trail.js';

/** The value of the option `audit` that stands for syslog. `./syslog` is a file. */
export const SYSLOG = 'syslog';

/** The audit log that the option `audit` names. Opens nothing yet. */
export function auditSink(audit: string | URL, onLoss: OnLoss): AuditSink {
  if (audit === SYSLOG) return new Syslog(onLoss);
  return auditFile(audit, '');
}

function auditFile(audit: string | URL, folder: string): AuditFile {
  return new AuditFile(isUrl(audit) ? fileURLToPath(audit) : resolve(folder, audit));
}

/** Looks whether a server could write the audit log. Makes no file, and asks no syslog. @throws StoreError with the remedy */
export function probeAudit(audit: string | URL | undefined, folder: string): void {
  if (audit !== undefined && audit !== SYSLOG) auditFile(audit, folder).probe();
}

/** The audit log of a running site. */
export function auditTrail(audit: string | URL, clock: Clock): AuditTrail {
  return new AuditTrail((onLoss) => auditSink(audit, onLoss), clock);
}

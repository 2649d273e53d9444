import type { Clock } from '../base/clock.js';
import type { AdminSources } from '../session/admin/select.js';
import type { AuditDetails, Details, Emit, SessionEventName } from '../session/lifecycle/events.js';
import type { SessionRecord } from '../store/contract.js';
import type { AuditEntry } from './entry.js';

/** The events that the audit log notes. The others are the everyday life of sessions. */
const AUDITED = ['login', 'login-failed', 'logout', 'ended', 'setuid', 'purged'] as const;

type Audited = (typeof AUDITED)[number];

function isAudited(event: SessionEventName): event is Audited {
  return (AUDITED as readonly string[]).includes(event);
}

/** What a site emits, and notes in its audit log if it has one. */
export function auditedBy(
  trail: { note: (entry: AuditEntry) => void } | null,
  emit: Emit,
  clock: Clock,
): Pick<AdminSources, 'onRemoved'> & { emit: Emit } {
  if (trail === null) return { emit };
  return {
    emit: auditing(emit, trail.note, clock),
    onRemoved: (record) => trail.note({ at: new Date(clock()), ...removedEntry(record) }),
  };
}

/** Returns an `Emit` that notes an event before `emit` gives it to listeners: one of these may end the process. */
function auditing(emit: Emit, note: (entry: AuditEntry) => void, clock: Clock): Emit {
  return (event, details, more = {}) => {
    if (isAudited(event)) note({ at: new Date(clock()), event, ...entryOf(event, details, more) });
    emit(event, details, more);
  };
}

function entryOf(
  event: Audited,
  { id, user, method, address, reason, count }: Details,
  { userId, target, text, auditReason, ...more }: AuditDetails,
): Omit<AuditEntry, 'at' | 'event'> {
  const entry = { id, user, userId, method, address: address ?? more.address, count };
  if (event === 'ended') return { ...entry, by: reason, reason: text };
  if (event !== 'setuid' || target === undefined) return { ...entry, reason: auditReason ?? reason };
  return { ...entry, user: target.name, userId: target.id, realUser: user, reason };
}

/** The entry for a record that a purge removed before it was expired. */
function removedEntry({ id, user }: SessionRecord): Omit<AuditEntry, 'at'> {
  return { event: 'ended', id, user: user?.name, userId: user?.id, by: 'purge' };
}

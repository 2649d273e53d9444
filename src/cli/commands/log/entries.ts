import { AUDIT_FIELDS, type AuditEntry } from '../../../audit/entry.js';
import { isJsonObject } from '../../../base/json.js';

/** Which entries of the log are shown. */
export interface LogFilter {
  /** In ms. */
  since: number;
  until: number;
  /** Names or ids; empty for all. */
  users: readonly string[];
  events: readonly string[];
  /** The beginning of a session's id. */
  idPrefix: string;
}

const NUMBERS: readonly (keyof AuditEntry)[] = ['pid', 'count'];

/** The entry in a line; null when the line is none. Drops fields that are unknown here, or of a wrong type. */
export function entryIn(line: string | null): AuditEntry | null {
  const stored = line === null ? null : parsed(line);
  if (!isJsonObject(stored) || typeof stored.event !== 'string' || typeof stored.at !== 'string') return null;
  const at = new Date(stored.at);
  if (Number.isNaN(at.getTime())) return null;
  const entry: Record<string, unknown> = { at };
  for (const field of AUDIT_FIELDS) {
    const type = NUMBERS.includes(field) ? 'number' : 'string';
    if (field !== 'at' && Object.hasOwn(stored, field) && typeof stored[field] === type)
      entry[field] = stored[field];
  }
  return entry as unknown as AuditEntry;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Whether the filter means an entry of its users and sessions. */
export function isMeant(
  entry: AuditEntry,
  { since, until, events }: Omit<LogFilter, 'users' | 'idPrefix'>,
): boolean {
  const at = entry.at.getTime();
  if (at < since || at > until) return false;
  return events.length === 0 || events.includes(entry.event);
}

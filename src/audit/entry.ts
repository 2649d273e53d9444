import { safeJson } from '../base/safe-json.js';
import { harmlessName } from '../users/name.js';

/** What the audit log notes: events of sessions, changes by the command line, and `lost`, the entries that it lacks. */
export const AUDIT_EVENTS = [
  'login',
  'login-failed',
  'logout',
  'ended',
  'setuid',
  'purged',
  'copied',
  'imported',
  'exported',
  'value-set',
  'value-unset',
  'user-added',
  'user-imported',
  'user-changed',
  'user-password',
  'user-disabled',
  'user-enabled',
  'user-renamed',
  'user-deleted',
  'secret-rotated',
  'mended',
  'lost',
] as const;

type AuditEvent = (typeof AUDIT_EVENTS)[number];

/** One line of the audit log. It contains ids, never tokens, passwords or values of a session. */
export interface AuditEntry {
  at: Date;
  event: AuditEvent;
  /** The user whom it concerns. For `login-failed` the name that was typed: nobody may have that name. */
  user?: string | undefined;
  /** For `setuid`: the superuser who acts as `user`. */
  realUser?: string | undefined;
  userId?: string | undefined;
  /** The session's id. */
  id?: string | undefined;
  /** The auth method. */
  method?: string | undefined;
  /** The client's IP address. */
  address?: string | undefined;
  /** For `ended`: `logout`, `limit`, `administrator`, … With a `command`: the user of the machine who ran it. */
  by?: string | undefined;
  /** The account that the command ran as, if that is not `by`: `root` after sudo. */
  as?: string | undefined;
  host?: string | undefined;
  pid?: number | undefined;
  /** The command with its flags. */
  command?: string | undefined;
  reason?: string | undefined;
  count?: number | undefined;
}

/** The fields in the order of a line, and how many characters of a text are kept. */
const LONGEST = {
  at: 0,
  event: 20,
  user: 200,
  realUser: 200,
  userId: 200,
  id: 64,
  method: 200,
  address: 64,
  by: 200,
  as: 200,
  host: 255,
  pid: 0,
  command: 1000,
  reason: 200,
  count: 0,
} as const satisfies Record<keyof AuditEntry, number>;

export const AUDIT_FIELDS = Object.keys(LONGEST) as (keyof AuditEntry)[];

/** The entry as one line of JSON with its line feed. Texts are bounded, and steer no terminal. */
export function lineOf(entry: AuditEntry): string {
  const line: Record<string, unknown> = {};
  for (const field of AUDIT_FIELDS) {
    const value = entry[field];
    if (value !== undefined)
      line[field] = typeof value === 'string' ? harmlessName(value, LONGEST[field]) : value;
  }
  return `${safeJson(line)}\n`;
}

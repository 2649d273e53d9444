import { AUDIT_FIELDS, type AuditEntry } from '../../audit/entry.js';
import { shortId } from './humanize.js';
import type { Column, View } from './view.js';

type Appearance = Omit<Column<AuditEntry>, 'name' | 'value'>;

const APPEARANCE: Readonly<Partial<Record<keyof AuditEntry, Appearance>>> = {
  // A log is compared with other logs, so its times are not relative.
  at: { cell: ({ at }) => `${at.toISOString().slice(0, -'.000Z'.length)}Z` },
  event: { paint: (event, style) => (event === 'login-failed' || event === 'lost' ? style.bad : unpainted) },
  user: { min: 8, max: 24 },
  id: { cell: ({ id = '' }) => shortId(id) },
  // For people one column says who did it: of logins, the address.
  by: { cell: byCell, min: 13, max: 39 },
  reason: { min: 12, max: 60 },
  command: { min: 16, max: 200 },
  count: { align: 'right' },
};

/** How the entries of the audit log are shown. */
export const logView: View<AuditEntry> = {
  columns: AUDIT_FIELDS.map((name) => ({
    name,
    value: (entry) => entry[name] ?? null,
    ...APPEARANCE[name],
  })),
  forPeople: ['at', 'event', 'user', 'by', 'reason', 'count', 'id', 'command'],
  idOf: ({ id = '' }) => id,
};

function byCell({ by, as, address = '' }: AuditEntry): string {
  if (by === undefined) return address;
  return as === undefined ? by : `${by} (${as})`;
}

function unpainted(text: string): string {
  return text;
}

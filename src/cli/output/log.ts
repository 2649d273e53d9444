import { AUDIT_FIELDS, type AuditEntry } from '../../audit/entry.js';
import type { Column, View } from './view.js';

type Appearance = Omit<Column<AuditEntry>, 'name' | 'value'>;

/** Digits of an id in a table. */
const SHORT_ID = 12;

const APPEARANCE: Readonly<Partial<Record<keyof AuditEntry, Appearance>>> = {
  // A log is compared with other logs, so its times are not relative.
  at: { cell: ({ at }) => `${at.toISOString().slice(0, -'.000Z'.length)}Z` },
  event: { paint: (event, style) => (event === 'login-failed' || event === 'lost' ? style.bad : unpainted) },
  user: { min: 8, max: 24 },
  id: { cell: ({ id = '' }) => id.slice(0, SHORT_ID) },
  by: { cell: ({ by = '', as }) => (as === undefined ? by : `${by} as ${as}`), min: 8, max: 24 },
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
  forPeople: ['at', 'event', 'user', 'by', 'reason', 'count', 'address', 'id', 'command'],
  idOf: ({ id = '' }) => id,
};

function unpainted(text: string): string {
  return text;
}

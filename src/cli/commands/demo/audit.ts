import { type AuditEntry, lineOf } from '../../../audit/entry.js';
import { DAY, HOUR, MINUTE } from '../../../base/clock.js';
import { PEOPLE } from './people.js';
import type { SampleSession } from './sessions.js';

/** The audit log of the sample wiki, rotated a day before `now` (ms): it says what the store shows of that day, and more. */
export function sampleAudit(sessions: readonly SampleSession[], now: number): string {
  const entries = [...sessions.flatMap(entriesOf), ...otherEntries(now)];
  return entries
    .filter(({ at }) => at.getTime() > now - DAY)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(lineOf)
    .join('');
}

/** Olaf, by sudo. */
const OPERATOR = { by: 'olaf', as: 'root', host: 'wiki1' };

/** The login, and the end if there was one. */
function entriesOf({ record, address, loggedOutAt }: SampleSession): AuditEntry[] {
  const { id, user, created, ended } = record;
  if (user === null) return [];
  const about = { user: user.name, userId: user.id, id };
  const login = { method: user.method, address };
  const entries: AuditEntry[] = [{ at: new Date(created), event: 'login', ...about, ...login }];
  if (loggedOutAt !== undefined) {
    const at = new Date(loggedOutAt);
    entries.push({ at, event: 'ended', ...about, by: 'logout' }, { at, event: 'logout', ...about, ...login });
  }
  if (ended !== null) {
    const command = `expire --reason '${ended.reason}' --yes`;
    const by =
      ended.by === 'administrator'
        ? { ...OPERATOR, pid: 4711, command, reason: ended.reason }
        : { by: ended.by };
    entries.push({ at: new Date(ended.at), event: 'ended', ...about, ...by });
  }
  return entries;
}

/** What concerns no session. */
function otherEntries(now: number): AuditEntry[] {
  const failed = { event: 'login-failed', method: 'moin_login', address: '203.0.113.66' } as const;
  const reason = 'unknown-user';
  const disabled = PEOPLE.filter((person) => person.disabled).map(
    ({ id, name }): AuditEntry => ({
      at: new Date(now - 2 * HOUR),
      event: 'user-disabled',
      user: name,
      userId: id,
      ...OPERATOR,
      pid: 4242,
      command: 'users disable --keep-sessions',
    }),
  );
  return [
    ...disabled,
    { at: new Date(now - 40 * MINUTE), ...failed, user: 'admin', reason },
    { at: new Date(now - 39 * MINUTE), ...failed, user: 'root', reason },
  ];
}

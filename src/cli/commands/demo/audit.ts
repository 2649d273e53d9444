import { type AuditEntry, lineOf } from '../../../audit/entry.js';
import { HOUR, MINUTE } from '../../../base/clock.js';
import { idOf } from '../../../session/cookie/token.js';
import { PEOPLE, type Person } from './people.js';
import { tokenOf } from './sessions.js';

/** The audit log of the sample wiki: its last hours before `now` (ms). */
export function sampleAudit(now: number): string {
  const [, juergen, sakura, olga, avi] = PEOPLE as Person[] as [Person, Person, Person, Person, Person];
  const entry = (
    ago: number,
    event: AuditEntry['event'],
    about: { person?: Person; session?: string },
    more: Partial<AuditEntry> = {},
  ) =>
    lineOf({
      at: new Date(now - ago),
      event,
      user: about.person?.name,
      userId: about.person?.id,
      id: about.session && idOf(tokenOf(about.session)),
      ...more,
    });
  const form = { method: 'moin_login' };
  const operator = { by: 'olaf', as: 'root', host: 'wiki1' };
  return [
    entry(
      11 * HOUR,
      'purged',
      {},
      { by: 'www-data', host: 'wiki1', pid: 611, command: 'purge --expired --quiet', count: 17 },
    ),
    entry(
      5 * HOUR,
      'login',
      { person: olga, session: 'ended by administrator' },
      { ...form, address: '198.51.100.4' },
    ),
    entry(
      3 * HOUR,
      'login',
      { person: sakura, session: 'logged out' },
      { ...form, address: '2001:db8::7:1' },
    ),
    entry(2 * HOUR, 'login', { person: avi, session: 'u-avi active' }, { ...form, address: '192.0.2.17' }),
    entry(2 * HOUR - 1, 'ended', { person: avi, session: 'evicted' }, { by: 'limit' }),
    entry(
      40 * MINUTE,
      'login-failed',
      {},
      { user: 'admin', ...form, address: '203.0.113.66', reason: 'unknown-user' },
    ),
    entry(
      39 * MINUTE,
      'login-failed',
      {},
      { user: 'root', ...form, address: '203.0.113.66', reason: 'unknown-user' },
    ),
    entry(25 * MINUTE, 'ended', { person: sakura, session: 'logged out' }, { by: 'logout' }),
    entry(
      25 * MINUTE - 1,
      'logout',
      { person: sakura, session: 'logged out' },
      { ...form, address: '2001:db8::7:1' },
    ),
    entry(
      3 * MINUTE,
      'ended',
      { person: olga, session: 'ended by administrator' },
      {
        ...operator,
        pid: 4711,
        command: "expire --user ОльгаПетрова --reason 'a lost laptop, ticket 4711' --yes",
        reason: 'a lost laptop, ticket 4711',
      },
    ),
    entry(
      2 * MINUTE,
      'login',
      { person: juergen, session: 'u-juergen active' },
      { ...form, address: '2001:db8::7:1' },
    ),
  ].join('');
}

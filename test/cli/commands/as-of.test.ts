import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/base/clock.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { idOf } from '../../../src/session/cookie/token.js';
import { createSessions } from '../../../src/sessions.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const people = new Map([['1', 'zoe']]);
let cwd: string;
let store: MemoryStore;
let cookie: string;
let id: string;

beforeEach(async () => {
  cwd = temporaryFolder();
  store = await storeOf(sample('aaaa', { created: NOW - 9 * DAY }));
  const secrets = 's'.repeat(32);
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify({ secrets }));
  const visit = await createSessions({ secrets, store, clock: () => NOW }).begin({});
  await visit.logIn({ id: '1', name: people.get('1') ?? '' });
  cookie = String((await visit.commit())['set-cookie']).split(';')[0] ?? '';
  id = idOf(cookie.split('.')[1] ?? '');
});

const run = (...argv: string[]) => cli({ cwd, store, columns: 400 }, ...argv);
const asked = async (at: string) => {
  const flags = ['--cookie', cookie, '--at', at];
  const whoami = await run('whoami', ...flags);
  const simulate = (await run('simulate', ...flags)).out.split('\n')[0];
  return { code: whoami.code, whoami: whoami.out.trim(), simulate };
};
const iso = (at: number) => new Date(at).toISOString();

it('spec 7, --at: a session that began later is not there yet, for list, inspect, whoami and simulate alike', async () => {
  const before = iso(NOW - HOUR);
  const later = `begins at ${iso(NOW)}, later than --at: it is not there yet`;
  expect((await run('list', '--at', before, '--format', 'ids')).out).not.toContain(id);
  expect(await run('inspect', id, '--at', before)).toMatchObject({
    code: 3,
    out: '',
    err: `moin-sessions: session ${id} ${later}\n`,
  });
  const both = await run('inspect', id, 'aaaa', '--at', before, '--format', 'ids');
  expect(both).toMatchObject({ code: 4, out: `${'aaaa'.padEnd(32, '0')}\n` });
  expect(both.err).toContain(later);
  const sentence = `nobody is logged in: this session ${later}`;
  expect(await asked(before)).toEqual({ code: 3, whoami: sentence, simulate: sentence });
  expect(await asked(iso(NOW))).toMatchObject({ code: 0, simulate: 'zoe is logged in' });
});

it('spec 7, --at: of a session that ended later nobody says that it had ended, or that it was open', async () => {
  await new SessionAdmin({ store, users: undefined, methods: undefined, clock: () => NOW + 5 * HOUR }).expire(
    [id],
    { reason: 'lost' },
  );
  const at = iso(NOW + HOUR);
  const sentence =
    'nobody is logged in: an administrator ended this session 4 hours after this moment, and that moved its times: whether it was open then is not known';
  expect(await asked(at)).toEqual({ code: 3, whoami: sentence, simulate: sentence });
  expect((await run('inspect', id, '--at', at)).out).toContain(
    'an administrator ended it 4h later: "lost"; that moved its times, so whether it was open then is not known\n',
  );
});

it('spec 7, --at: so it is with one that was logged out later, of which the record is gone', async () => {
  const at = NOW + 5 * HOUR;
  await store.delete(id, { tombstone: { reason: 'logout', at, until: at + HOUR } });
  const { whoami, simulate } = await asked(iso(NOW + HOUR));
  expect(whoami).toBe(
    'nobody is logged in: the user logged out 4 hours after this moment, and its record is gone: whether it was open then is not known',
  );
  expect(simulate).toBe(whoami);
});

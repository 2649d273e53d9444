import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/base/clock.js';
import { whyText } from '../../../src/cli/output/state-text.js';
import type { SessionDetail } from '../../../src/session/admin/info.js';
import { SessionLookup } from '../../../src/session/admin/lookup.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const store = await storeOf(
  sample('abcd1', { data: { cart: ['tea'] }, revision: 3 }),
  sample('abcd2', { user: null }),
  sample('9999'),
);
store.putBytes('f'.repeat(32), '{"half');

describe('inspect', () => {
  it('shows everything about a session, by any unambiguous prefix', async () => {
    const { code, out } = await cli({ store }, 'inspect', 'ABCD1');
    expect(code).toBe(0);
    expect(out).toContain(`id             abcd1${'0'.repeat(27)}`);
    expect(out).toContain('userName       alice');
    expect(out).toContain('expires        2026-05-01T14:00:00.000Z (in 2h)');
    expect(out).toContain('revision       3');
    expect(out).toContain('"tea"');
  });

  it('json is an array in the order of the arguments, with data and revision', async () => {
    const { out } = await cli({ store }, 'inspect', '9999', 'abcd1', '--json');
    const sessions = JSON.parse(out);
    expect(sessions.map(({ id }: { id: string }) => id.slice(0, 5))).toEqual(['99990', 'abcd1']);
    expect(sessions[1]).toMatchObject({ data: { cart: ['tea'] }, revision: 3, keys: ['cart'] });
  });

  it('--fields chooses, also on the page for people', async () => {
    const { out } = await cli({ store }, 'inspect', '9999', '--fields', 'kind,bytes');
    expect(out).toMatch(/^kind {11}user\nbytes {10}\d+ B\n$/);
  });

  it('an ambiguous prefix is a usage error that names the candidates', async () => {
    const { code, err } = await cli({ store }, 'inspect', 'abcd');
    expect(code).toBe(2);
    expect(err).toContain('abcd1000');
    expect(err).toContain('abcd2000');
  });

  it.each(['abc', 'xyz1', '../../etc', 'a'.repeat(33)])('I6: %s is not an id: exit 2', async (id) => {
    expect((await cli({ store }, 'inspect', id)).code).toBe(2);
  });

  it('a missing session: exit 3; missing among others: shows the others and exits with 4', async () => {
    expect(await cli({ store }, 'inspect', '1234')).toMatchObject({ code: 3, out: '' });
    const some = await cli({ store }, 'inspect', '1234', '9999', '--format', 'ids');
    expect(some.code).toBe(4);
    expect(some.out).toBe(`9999${'0'.repeat(28)}\n`);
    expect(some.err).toContain('there is no session 1234');
  });

  it('I4: shows what is known of an unreadable session, and why it is unreadable', async () => {
    const page = await cli({ store }, 'inspect', 'ffff');
    expect(page).toMatchObject({ code: 0, err: '' });
    expect(page.out).toMatch(/state {10}unreadable[\s\S]*unreadable {5}it is not JSON/);
    const json = await cli({ store }, 'inspect', 'ffff', '--json');
    expect(JSON.parse(json.out)[0]).toMatchObject({ state: 'unreadable', data: null });
    expect(json.err).toContain('is unreadable: it is not JSON');
  });

  it('needs an id', async () => {
    expect((await cli({ store }, 'inspect')).code).toBe(2);
  });
});

describe('says why a session is in its state', () => {
  const ended = { at: NOW - 3 * MINUTE, by: 'administrator' as const, reason: 'a lost laptop' };
  const sessions = [
    sample('1111', { cookieExpires: NOW - 2 * HOUR - 3 * MINUTE, expires: NOW - 3 * MINUTE, ended }),
    sample('2222', { cookieExpires: NOW - 20 * MINUTE }),
    sample('3333', { cookieExpires: NOW - 3 * HOUR }),
    sample('4444'),
  ];

  it('who ended it, when and why; and that its times were moved', async () => {
    const { out } = await cli({ store: await storeOf(...sessions) }, 'inspect', '1111');
    expect(out).toContain(
      'state          expired\n               an administrator ended it 3m ago: "a lost laptop"\n',
    );
    expect(out).toContain('cookieExpires  2026-05-01T09:57:00.000Z (2h ago, set back when it was ended)\n');
    expect(out).toContain('expires        2026-05-01T11:57:00.000Z (3m ago, when it was ended)\n');
  });

  it('grace and expired', async () => {
    const { out } = await cli({ store: await storeOf(...sessions) }, 'inspect', '2222', '3333', '4444');
    expect(out).toContain('its cookie expired 20m ago and opens nothing; the record is kept for an hour\n');
    expect(out).toContain('its time was over 2h ago; the next purge removes it\n');
    expect(out).toMatch(/state {10}active\nuserId/);
  });

  it.each([
    ['its user is disabled', 'moin_login', { id: 'id-alice', name: 'alice', disabled: true }],
    ['its user is gone: the directory has no id "id-alice"', 'moin_login', null],
    ['its auth method "http_basic" left the chain', 'http_basic', { id: 'id-alice', name: 'alice' }],
  ])('refused, since %s', async (why, method, user) => {
    const store = await storeOf({ ...sample('5555'), user: { id: 'id-alice', name: 'alice', method } });
    const users = {
      findByName: async () => user,
      findById: async () => user,
      verifyPassword: async () => false,
    };
    const methods = ['moin_login', 'moin_session'];
    const lookup = new SessionLookup({ store, users, methods, clock: () => NOW });
    const session = await lookup.get('5555'.padEnd(32, '0'));
    expect(session).toMatchObject({ state: 'refused', refused: why });
    expect(whyText(session as SessionDetail, NOW)).toBe(`${why}; its cookie opens nothing`);
  });

  it('a record of one who is not refused says nothing of it', async () => {
    const store = await storeOf(sample('4444'));
    const session = await new SessionLookup({ store, clock: () => NOW }).get('4444'.padEnd(32, '0'));
    expect(session).not.toHaveProperty('refused');
  });

  it('for programs the reason stands on stderr', async () => {
    const cwd = temporaryFolder();
    const config = join(cwd, 'c.json');
    writeFileSync(join(cwd, 'u.json'), '{"version":1,"users":[]}');
    writeFileSync(
      config,
      JSON.stringify({ auth: ['http_basic', 'moin_session'], secrets: 'x'.repeat(32), users: 'u.json' }),
    );
    const { err } = await cli(
      { store: await storeOf(sample('4444')) },
      'inspect',
      '4444',
      '--json',
      '--config',
      config,
    );
    expect(err).toMatch(
      /^moin-sessions: session 44440{28} is refused: its auth method "moin_login" left the chain\n$/,
    );
  });

  it('a reason with control characters harms no terminal', async () => {
    const hostile = { ...ended, reason: '\u001b]0;x\u0007\u202e' };
    const { out } = await cli(
      { store: await storeOf(sample('1111', { expires: NOW, ended: hostile })) },
      'inspect',
      '1111',
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

it('says that it reads no ids from stdin', async () => {
  const { code, err } = await cli({ store }, 'inspect', '-');
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('reads no ids from stdin') });
});

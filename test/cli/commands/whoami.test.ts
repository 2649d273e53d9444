import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { StoreError } from '../../../src/base/errors.js';
import { idOf } from '../../../src/session/cookie/token.js';
import { createSessions } from '../../../src/sessions.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { FileUserDirectory } from '../../../src/users/file.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const PASSWORD = 'correct horse battery';
const store = await storeOf();
let cwd: string;
let cookie: string;
let visitor: string;
const whoami = (world: World, ...argv: string[]) => cli({ cwd, store, ...world }, 'whoami', ...argv);

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'whoami-'));
  const config = { users: 'users.json', secrets: 's'.repeat(32), anonymousCookieLifetime: 2 };
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(config));
  const users = new FileUserDirectory(join(cwd, 'users.json'), { scrypt: { cost: 1024 } });
  await users.add('zoë 田中', PASSWORD);
  const sessions = createSessions({ ...config, store, users, clock: () => NOW });
  const pair = (headers: Record<string, string | string[]>) =>
    String(headers['set-cookie']).split(';')[0] ?? '';
  visitor = pair(await (await sessions.begin({})).commit());
  const login = await sessions.begin({ form: { login: true, name: 'zoë 田中', password: PASSWORD } });
  cookie = pair(await login.commit());
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('spec 7: whoami', () => {
  it('says in one line who a cookie logs in: exit 0', async () => {
    writeFileSync(join(cwd, 'c.txt'), `${cookie}\n`);
    const id = idOf(cookie.split('.')[1] ?? '').slice(0, 12);
    const line = `zoë 田中 is logged in: session ${id}, active, cookie expires in 12h\n`;
    const ways: [World, ...string[]][] = [
      [{}, '--cookie', cookie],
      [{}, '--cookie', cookie.slice(cookie.indexOf('=') + 1)],
      [{}, '--cookie-file', 'c.txt'],
      [{ stdin: cookie }, '--cookie-file', '-'],
      [{ stdin: cookie }, '--cookie', '-'],
      [{ stdin: `Cookie: a=1; ${cookie}\n` }, '-'],
    ];
    for (const [world, ...argv] of ways)
      expect(await whoami(world, ...argv)).toMatchObject({ code: 0, out: line, err: '' });
  });

  it('its line breaks between words on a narrow terminal, and never in a pipe', async () => {
    const { out } = await whoami({ tty: true, columns: 40 }, '--cookie', cookie);
    expect(out).toMatch(
      /^zoë 田中 is logged in: session\n {2}[0-9a-f]{12}, active, cookie expires\n {2}in 12h\n$/,
    );
    expect((await whoami({ columns: 40 }, '--cookie', cookie)).out.split('\n')).toHaveLength(2);
  });

  it("takes curl's cookie jar, also with #HttpOnly_ before the domain", async () => {
    const [name, value] = cookie.split('=');
    const row = (domain: string, ...more: (string | undefined)[]) =>
      [domain, 'FALSE', '/', 'TRUE', '0', ...more].join('\t');
    const rows = [row('#HttpOnly_wiki.example', name, value), row('wiki.example', 'other', '1')];
    writeFileSync(join(cwd, 'jar.txt'), `# Netscape HTTP Cookie File\n\n${rows.join('\n')}\n`);
    expect(await whoami({}, '--cookie-file', 'jar.txt')).toMatchObject({ code: 0, err: '' });
  });

  it.each<[string, () => string, string[], string]>([
    [
      'an expired one',
      () => cookie,
      ['--at', '+2d'],
      'the session ended 1 day ago, after 12 hours without use',
    ],
    ['a forged one', () => `${cookie.slice(0, -2)}xx`, [], 'the signature does not match under the secret'],
    ['a visitor’s', () => visitor, [], 'the visitor sends the token back'],
    ['rubbish', () => 'MOIN_SESSION=rubbish\u202e', [], 'the cookie is not of the form KIND.TOKEN.MAC'],
    ['another one', () => 'lang=de', [], 'the request brings no cookie MOIN_SESSION, only lang'],
    ['none', () => 'MOIN_SESSION=', [], 'the cookie is not of the form'],
  ])('%s: why nobody, exit 3, and nothing on stderr', async (_title, given, argv, why) => {
    const { code, out, err } = await whoami({}, '--cookie', given(), ...argv);
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(/^nobody is logged in: [^\n]+\n$/);
    expect(out).toContain(why);
    expect(await whoami({}, '--cookie', given(), '-q', ...argv)).toMatchObject({ code: 3, out: '', err: '' });
  });

  it('in every format, with the exit code as the answer', async () => {
    const sessionId = idOf(cookie.split('.')[1] ?? '');
    const { code, out } = await whoami({}, '--cookie', cookie, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      user: 'zoë 田中',
      userId: expect.any(String),
      realUser: null,
      method: 'moin_login',
      sessionId,
      kind: 'user',
      state: 'active',
      reason: 'restored',
      text: 'zoë 田中 is logged in',
      cookieExpires: new Date(NOW + 12 * HOUR).toISOString(),
      expires: new Date(NOW + 13 * HOUR).toISOString(),
    });
    const late = await whoami({}, '--cookie', cookie, '--json', '--at', '+12h');
    expect(late.code).toBe(3);
    expect(JSON.parse(late.out)).toMatchObject({
      user: null,
      sessionId,
      state: 'grace',
      reason: 'refused-expired',
    });
    const show = async (...argv: string[]) => (await whoami({}, '--cookie', cookie, ...argv)).out;
    expect(await show('--format', 'ids')).toBe(`${sessionId}\n`);
    expect(await show('--format', 'count')).toBe('1\n');
    expect(await show('--format', 'csv', '--fields', 'user,state')).toBe('user,state\r\nzoë 田中,active\r\n');
    expect(await show('--fields', 'user,state')).toMatch(/^USER +STATE\nzoë 田中 +active\n$/);
    const nobody = (...argv: string[]) => whoami({}, '--cookie', 'a=b', ...argv);
    expect(await nobody('--format', 'ids')).toMatchObject({ code: 3, out: '' });
    expect(await nobody('--format', 'count')).toMatchObject({ code: 3, out: '0\n' });
  });

  it('writes nothing, though a refresh is due', async () => {
    const before = JSON.stringify(await contents(store));
    const { out } = await whoami({}, '--cookie', cookie, '--at', '+6h');
    expect(out).toContain('cookie expires in 6h');
    expect(JSON.stringify(await contents(store))).toBe(before);
  });

  it.each([
    [[], 'needs a cookie'],
    [['-', '--cookie', '-'], 'stdin can be read only once'],
    [['--cookie', '-', '--cookie-file', '-'], 'stdin can be read only once'],
    [['hunter2'], 'takes no cookie as an argument'],
    [['--cookie', 'hunter2'], 'has no name'],
    [['--cookie', 'a=hunter2\x1b'], 'control character'],
    [['--cookie', 'a=b', '--fields', 'token'], "no field 'token'"],
  ])('%j is a usage error that repeats no value', async (argv, message) => {
    const { code, out, err } = await whoami({}, ...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('hunter2');
  });

  it('a store that is out of reach is no answer: exit 1', async () => {
    const broken = new MemoryStore();
    broken.find = () => Promise.reject(new StoreError('the disk is gone: mount it'));
    expect(await whoami({ store: broken }, '--cookie', cookie)).toMatchObject({ code: 1, out: '' });
  });
});

it('a site whose users a proxy establishes: the cookie alone logs nobody in', async () => {
  const sessions = new MemoryStore();
  const auth = [{ method: 'remote_user', trusted: ['127.0.0.1'] }, 'moin_session'] as const;
  const options = { store: sessions, auth, secrets: 's'.repeat(32), clock: () => NOW };
  const site = createSessions(options);
  const proxied = { headers: { 'x-remote-user': 'yan' }, remoteAddress: '127.0.0.1' };
  const headers = await (await site.begin(proxied)).commit();
  const pair = String(headers['set-cookie']).split(';')[0] ?? '';
  const file = join(cwd, 'remote.json');
  writeFileSync(file, JSON.stringify({ auth, secrets: options.secrets }));
  const given = ['--cookie', pair, '--config', file, '--json'];
  const { code, out } = await whoami({ store: sessions }, ...given);
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ user: null, sessionId: expect.any(String), state: null });
});

it('a site that keeps express-session: the cookie names a session, but only the application can verify it', async () => {
  const sid = 'abcdefgh-0123456789';
  const user = { id: 'a', name: 'alice', method: 'express-session' };
  const record = { ...sample('eeee'), user, id: idOf(sid) };
  const sessions = await storeOf(record);
  const kept = join(cwd, 'kept.json');
  writeFileSync(kept, '{}');
  const argv = ['--cookie', `connect.sid=s%3A${sid}.c2lnbmF0dXJl`, '--config', kept];
  const { code, out } = await whoami({ store: sessions }, ...argv);
  expect(code).toBe(3);
  expect(out).toContain('connect.sid is a cookie of express-session, whose secret only the application has');
  expect(out).toContain(`it names the session ${idOf(sid).slice(0, 12)} of alice, active`);
  expect(out).not.toContain(sid);
  expect(JSON.parse((await whoami({ store: sessions }, ...argv, '--json')).out)).toMatchObject({
    user: null,
    sessionId: idOf(sid),
    state: 'active',
  });
});

async function contents(of: MemoryStore): Promise<unknown[]> {
  const entries: unknown[] = [];
  for await (const entry of of.scan()) entries.push(entry);
  return entries;
}

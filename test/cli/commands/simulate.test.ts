import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSessions } from '../../../src/sessions.js';
import { FileStore } from '../../../src/store/file/store.js';
import { FileUserDirectory } from '../../../src/users/file.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, storeOf } from '../../aid/records.js';

const PASSWORD = 'correct horse battery';
const store = await storeOf();
let cwd: string;
let cookie: string;
const simulate = (world: World, ...argv: string[]) => cli({ cwd, store, ...world }, 'simulate', ...argv);

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'simulate-'));
  const secrets = 's'.repeat(32);
  const config = { users: 'users.json', secrets, anonymousCookieLifetime: 2 };
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(config));
  const users = new FileUserDirectory(join(cwd, 'users.json'), { scrypt: { cost: 1024 } });
  await users.add('zoe', PASSWORD);
  const sessions = createSessions({ ...config, store, users, clock: () => NOW });
  const visit = await sessions.begin({ form: { login: true, name: 'zoe', password: PASSWORD } });
  cookie = String((await visit.commit())['set-cookie']).split(';')[0] ?? '';
});
afterAll(() => rmSync(cwd, { recursive: true }));

const report = async (world: World, ...argv: string[]) =>
  JSON.parse((await simulate(world, '--json', ...argv)).out);
const reasons = ({ requests }: { requests: { steps: { reason: string }[] }[] }) =>
  requests.map(({ steps }) => steps.map(({ reason }) => reason));

describe('simulate', () => {
  it('S3: restores a user cookie, from a flag, a header, a file or stdin', async () => {
    writeFileSync(join(cwd, 'c.txt'), `Cookie: other=1; ${cookie}\n`);
    const ways: [World, ...string[]][] = [
      [{}, '--cookie', cookie],
      [{}, '--cookie', 'a=b', '--cookie', cookie],
      [{}, '--cookie', `Cookie: x=y; ${cookie}`],
      [{}, '--cookie-file', 'c.txt'],
      [{ stdin: `${cookie}\n` }, '--cookie', '-'],
      [{ stdin: `${cookie}\n` }, '--cookie-file', '-'],
      [{}, '--header', `Cookie: ${cookie}`],
      [{}, '--cookie', cookie.slice(cookie.indexOf('=') + 1)],
    ];
    for (const [world, ...argv] of ways) {
      const [request] = (await report(world, ...argv)).requests;
      expect(request.user).toMatchObject({ name: 'zoe' });
      expect(request.cookies[0]).toMatchObject({ kind: 'user', verdict: 'ok' });
    }
  });

  it('on a terminal it says how to end the pasted input; with -q it does not', async () => {
    const world = { tty: true, stdin: `${cookie}\n` };
    const { err, out } = await simulate(world, '--cookie', '-');
    expect(err).toBe('moin-sessions: paste the cookie, then press Enter and Ctrl-D\n');
    expect(out).toContain('zoe is logged in');
    expect((await simulate(world, '--cookie-file', '-', '-q')).err).toBe('');
    expect((await simulate({ stdin: cookie }, '--cookie', '-')).err).toBe('');
  });

  it('its help shows no default for an option without one', async () => {
    expect((await simulate({}, '--help')).out).not.toContain('[]');
  });

  it('S3: --at looks from another moment', async () => {
    expect(reasons(await report({}, '--cookie', cookie, '--at', '+2d'))[0]).toContain('refused-expired');
  });

  it('S4: a login; the password comes from stdin or is asked for', async () => {
    const flags = ['--login', '--name', 'zoe', '--remember-me'];
    const piped = await report({ stdin: `${PASSWORD}\n` }, ...flags, '--password-stdin');
    expect(reasons(piped)).toEqual([['accepted', 'login', 'already-available']]);
    expect(piped.requests[0].writes).toEqual([{ action: 'create', id: expect.any(String) }]);
    const { asked } = await simulate({ tty: true, answers: [PASSWORD] }, ...flags);
    expect(asked).toEqual(['Password: ']);
    expect((await simulate({}, ...flags)).code).toBe(2);
  });

  it('S6: a logout', async () => {
    expect(reasons(await report({}, '--cookie', cookie, '--logout'))[0]).toContain('logout');
    expect(reasons(await report({}, '--cookie', cookie))[0]).toContain('restored');
  });

  it('A1, S2: --repeat keeps cookies as a browser would', async () => {
    expect(reasons(await report({}, '--repeat', '2'))).toEqual([
      ['not-a-login', 'no-cookie', 'cookie-set'],
      ['not-a-login', 'anonymous-new', 'already-available'],
    ]);
  });

  it('--https asks for Secure cookies', async () => {
    const [{ setCookies }] = (await report({}, '--https')).requests;
    expect(setCookies[0].attributes).toContain('Secure');
  });

  it('never shows a token', async () => {
    const token = cookie.split('.')[1] ?? 'none';
    for (const flags of [[], ['--json'], ['--format', 'ndjson']]) {
      const { out } = await simulate({}, '--cookie', cookie, ...flags);
      expect(out).not.toContain(token);
    }
  });

  it.each<[string[], number, string]>([
    [['--expect-user', 'zoe'], 0, ''],
    [['--expect-session'], 0, ''],
    [['--expect-user', 'yan'], 3, "expected user 'yan', but there is user 'zoe' and a session of kind user"],
    [['--expect-anonymous'], 3, 'expected an anonymous session, but'],
    [['--expect-none'], 3, 'expected neither user nor session, but'],
  ])('with zoe’s cookie, %j: exit %i', async (flags, code, message) => {
    const outcome = await simulate({}, '--cookie', cookie, '-q', ...flags);
    expect(outcome.code).toBe(code);
    expect(outcome.out).toBe('');
    expect(outcome.err).toContain(message);
  });

  it('--expect-none and --expect-anonymous, without a cookie', async () => {
    expect((await simulate({}, '-q', '--expect-none')).code).toBe(0);
    expect((await simulate({}, '-q', '--expect-anonymous', '--repeat', '2')).code).toBe(0);
  });

  it.each([
    ['--cookie', 'no-name'],
    ['--cookie', '-', '--cookie-file', '-'],
    ['--cookie-file', 'none.txt'],
    ['--login'],
    ['--name', 'zoe'],
    ['--password-stdin'],
    ['--header', 'no colon'],
    ['--address', 'localhost'],
    ['--repeat', '0'],
    ['--format', 'csv'],
    ['--fields', 'user'],
  ])('%s %s %s %s is a usage error', async (...argv) => {
    expect(await simulate({}, ...argv)).toMatchObject({ code: 2, out: '' });
  });
});

it('spec 7: with a store alone it reports no user as refused, and stderr says what is not known', async () => {
  const folder = temporaryFolder();
  const corp = {
    name: 'corp',
    authenticate: () => ({ user: { id: '7', name: 'zoe' }, continue: true, login: true }),
  };
  const sessions = createSessions({
    store: join(folder, 'store'),
    auth: [corp, 'moin_session'],
    clock: () => NOW,
  });
  const headers = await (await sessions.begin({})).commit();
  const world = { cwd: folder, store: new FileStore(join(folder, 'store')) };
  const flags = ['--store', 'store', '--cookie', String(headers['set-cookie']).split(';')[0] ?? '', '--json'];
  const { err, out } = await cli(world, 'simulate', ...flags);
  expect(err).toContain('there is no configuration here');
  expect(JSON.parse(out).requests[0]).toMatchObject({ user: { name: 'zoe' } });
  await sessions.close();
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSessions } from '../../../src/sessions.js';
import { FileStore } from '../../../src/store/file/store.js';
import { FileUserDirectory } from '../../../src/users/file.js';
import { archive } from '../../aid/cli/archive.js';
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
    ['--remember-me'],
    ['--proxy', 'localhost'],
    ['--curl', '-', '--har', 'x'],
    ['--curl', '-', '--cookie', 'a=b'],
    ['--curl', '-', '--login', '--name', 'zoe'],
    ['--curl', 'none.txt'],
    ['--har', 'c.txt', '--repeat', '2'],
    ['--har', 'none.har'],
    ['--har-url', 'x'],
    ['--login-path', '/x'],
  ])('%s %s %s %s is a usage error', async (...argv) => {
    expect(await simulate({}, ...argv)).toMatchObject({ code: 2, out: '' });
  });
});

describe('spec 7: the verdict is the first line', () => {
  const first = async (...argv: string[]) => (await simulate({}, ...argv)).out.split('\n')[0];

  it.each<[string[], string]>([
    [[], 'nobody is logged in: the request brings no session cookie'],
    [['--cookie', 'other=1'], 'nobody is logged in: the request brings no cookie MOIN_SESSION, only other'],
    [['--repeat', '3'], expect.stringMatching(/^After 3 requests nobody is logged in: the visitor sends/)],
  ])('%j', async (argv, verdict) => expect(await first(...argv)).toEqual(verdict));

  it('names the user, or why the user is refused; JSON has the same sentence', async () => {
    expect(await first('--cookie', cookie)).toBe('zoe is logged in');
    const later = ['--cookie', cookie, '--at', '+2d'];
    const [line] = (await simulate({ columns: 200 }, ...later)).out.split('\n');
    expect(line).toBe('nobody is logged in: the session ended 1 day ago, after 12 hours without use');
    const [request] = (await report({}, ...later)).requests;
    expect(request).toMatchObject({ verdict: line, otherCookies: [] });
  });

  it('a wrong password, typed at a terminal that --password-stdin does not echo', async () => {
    const login = ['--login', '--name', 'zoe', '--password-stdin'];
    const { out, asked } = await simulate({ tty: true, answers: ['wrong'] }, ...login);
    expect(asked).toEqual(['Password: ']);
    expect(out.split('\n')[0]).toBe('\x1b[1mnobody is logged in: the password is not that of zoe\x1b[22m');
  });
});

describe('spec 7: what has no effect here is said', () => {
  const notes = async (...argv: string[]) => (await report({ stdin: 'pw\n' }, ...argv)).notes;
  const site = (name: string, options: object) => {
    const file = join(cwd, `${name}.json`);
    writeFileSync(file, JSON.stringify({ secrets: 's'.repeat(32), ...options }));
    return ['--config', file];
  };

  it('flags for methods that the chain does not have', async () => {
    const basic = ['--basic', 'zoe', '--password-stdin'];
    expect(await notes(...basic)).toEqual(["--basic has no effect: there is no http_basic in 'auth'"]);
    expect(await notes('--remote-user', 'zoe')).toEqual([
      "--remote-user has no effect: there is no remote_user in 'auth'",
    ]);
    const bare = site('bare', { auth: ['moin_session'] });
    const login = ['--login', '--name', 'zoe', '--password-stdin'];
    expect(await notes(...login, ...bare)).toEqual([
      "--login has no effect: there is no moin_login in 'auth', nor another method that logs in",
    ]);
    const loose = site('loose', { users: 'users.json', auth: ['moin_login'] });
    expect(await notes(...login, ...loose)).toEqual([
      "--login has no effect: there is no moin_session in 'auth', so no login lasts",
    ]);
    expect(await notes('--logout', ...loose)).toEqual([
      "--logout has no effect: there is no moin_session in 'auth'",
    ]);
    expect(await notes(...login)).toEqual([]);
  });

  it('a proxy that is not trusted; one that is trusted makes HTTPS and the address', async () => {
    const proxy = [
      '--proxy',
      '10.0.0.1',
      '--https',
      '--address',
      '192.0.2.7',
      '--header',
      'Host: shop.example',
    ];
    expect(await notes(...proxy)).toEqual([
      "--proxy has no effect on address, scheme and host: 'trustProxy' does not name 10.0.0.1, so its X-Forwarded headers are ignored",
    ]);
    expect(await notes('--header', 'X-Forwarded-Proto: https')).toEqual([
      "x-forwarded-proto has no effect: 'trustProxy' does not name 127.0.0.1",
    ]);
    const trusting = site('trusting', {
      trustProxy: ['10.0.0.0/8'],
      anonymousCookieLifetime: 2,
      auth: ['moin_session', 'moin_anon_session'],
    });
    const { notes: none, requests } = await report({}, ...proxy, '--repeat', '2', ...trusting);
    expect(none).toEqual([]);
    expect(requests[0].setCookies[0].attributes).toContain('Secure');
    expect(requests[1].session).toMatchObject({ available: true });
  });

  it('--remote-user takes the header that the configuration names', async () => {
    const auth = [{ method: 'remote_user', trusted: ['127.0.0.1'], from: 'X-User' }, 'moin_session'];
    const { notes: none, requests } = await report({}, '--remote-user', 'zoe', ...site('remote', { auth }));
    expect(none).toEqual([]);
    expect(requests[0].user).toMatchObject({ name: 'zoe', method: 'remote_user' });
  });

  it('--https where the configuration decides on Secure', async () => {
    const secure = site('secure', { cookieSecure: true });
    expect(await notes('--https', ...secure)).toEqual([
      "--https does not decide whether the cookie is Secure: 'cookieSecure' is true",
    ]);
    expect(await notes(...secure)).toEqual([
      'the cookie is always Secure here: a browser takes it by HTTPS alone, so add --https',
    ]);
  });

  it('in ndjson it stands on stderr, unless with -q; in a text under the verdict', async () => {
    const argv = ['--remote-user', 'zoe'];
    const line = "--remote-user has no effect: there is no remote_user in 'auth'";
    expect((await simulate({}, ...argv, '--format', 'ndjson')).err).toBe(`moin-sessions: ${line}\n`);
    expect((await simulate({}, ...argv, '--format', 'ndjson', '-q')).err).toBe('');
    expect((await simulate({}, ...argv)).out.split('\n')[2]).toBe(line);
  });
});

describe('--repeat of any size', () => {
  it('a text collapses what comes out the same; JSON stays one document', async () => {
    const { out } = await simulate({}, '--repeat', '1000');
    expect(out).toContain('\nRequests 3 to 1,000: as request 2\n');
    const { requests } = await report({}, '--repeat', '1000');
    expect(requests).toHaveLength(1000);
  });

  it('Ctrl-C says how many requests were sent, and what came out', async () => {
    const interrupt = new AbortController();
    let looks = 0;
    const clock = () => {
      looks += 1;
      if (looks === 500) interrupt.abort();
      if (looks > 500) throw new Error('the process has ended');
      return NOW;
    };
    const world = { signal: interrupt.signal, clock, tty: true, errColumns: 500 };
    const { err } = await simulate(world, '--repeat', '99999999');
    expect(err).toMatch(
      /^moin-sessions: Interrupted: sent \d{3} of 99,999,999 requests, after which nobody\s+is logged in/m,
    );
  });

  it('is written as it comes: a reader that leaves ends it', async () => {
    const { code } = await simulate({ readerLeavesAfter: 2 }, '--repeat', '999999999', '--format', 'ndjson');
    expect(code).toBe(0);
  });
});

describe('--curl and --har', () => {
  it.each([
    ["curl 'https://shop.example/' -u zoe:pw", 'an option'],
    ["curl 'https://zoe:pw@shop.example/'", 'the URL'],
    ["curl 'https://shop.example/' -H 'authorization: Basic em9lOnB3'", 'a header'],
  ])('%s: name and password in %s have no effect without http_basic', async (stdin) => {
    const sentence = "the header Authorization has no effect: there is no http_basic in 'auth'";
    expect((await report({ stdin }, '--curl', '-')).notes).toContain(sentence);
  });

  const curl = () => `curl 'https://shop.example/' -H 'accept: */*' -b 'a=1; ${cookie}' --compressed`;

  it('a request that a browser copied, from stdin or a file, with the time and the proxy of flags', async () => {
    writeFileSync(join(cwd, 'copied.txt'), curl());
    for (const [world, source] of [[{ stdin: curl() }, '-'] as const, [{}, 'copied.txt'] as const]) {
      const [request] = (await report(world, '--curl', source)).requests;
      expect(request).toMatchObject({ verdict: 'zoe is logged in', otherCookies: ['a'] });
    }
    const later = await report({ stdin: curl() }, '--curl', '-', '--at', '+2d', '--repeat', '2');
    expect(reasons(later)[0]).toContain('refused-expired');
    expect(reasons(later)[1]).toContain('anonymous-new');
  });

  it('a login form counts at the login paths, and elsewhere the remedy is said', async () => {
    const form = (path: string) =>
      `curl 'http://shop.example${path}' --data-raw 'login=1&name=zoe&password=correct+horse+battery'`;
    const sent = async (path: string, ...argv: string[]) => {
      const { notes, requests } = await report({ stdin: form(path) }, '--curl', '-', ...argv);
      return [requests[0].verdict, notes];
    };
    expect(await sent('/login')).toEqual(['zoe is logged in', []]);
    expect(await sent('/sign-in', '--login-path', '/sign-in')).toEqual(['zoe is logged in', []]);
    const [verdict, notes] = await sent('/sign-in');
    expect(verdict).toMatch(/^nobody/);
    expect(notes).toEqual([expect.stringContaining('add --login-path /sign-in')]);
  });

  it('on a terminal they say what to paste', async () => {
    const { err } = await simulate({ tty: true, stdin: curl() }, '--curl', '-');
    expect(err).toBe('moin-sessions: paste the curl command, then press Enter and Ctrl-D\n');
  });

  const LOGIN = {
    url: 'https://shop.example/login',
    method: 'POST',
    body: 'login=1&name=zoe&password=wrong',
  };

  it('an archive: where the login got lost is the first line, each request against the store as it is', async () => {
    const logout = { url: 'https://shop.example/logout', method: 'POST', body: 'logout=1', cookie };
    writeFileSync(join(cwd, 'a.har'), archive({ cookie }, logout, { cookie }, { cookie: 'x=1' }, { cookie }));
    const { out } = await simulate({ columns: 100 }, '--har', 'a.har');
    expect(out.split('\n')[0]).toMatch(/^From entry 2 of the archive on nobody is logged in: zoe logs out/);
    expect(out).toContain(
      '  recorded  POST https://shop.example/logout at 2026-11-20T11:00:01.000Z, answered 200',
    );
    // Entry 4 is no request of ours: the numbers are the archive's.
    expect(out).toContain('Entry 3 of the archive: zoe is logged in\n');
    expect(out).toContain('Entry 5: as entry 3\n');
  });

  it('what the recording itself shows comes first', async () => {
    const secure = `${cookie}; Path=/; Secure`;
    writeFileSync(
      join(cwd, 'b.har'),
      archive({ ...LOGIN, setCookie: secure }, { url: 'http://shop.example/', cookie: 'a=1' }),
    );
    const { out } = await simulate({ columns: 200 }, '--har', 'b.har');
    expect(out.split('\n')[0]).toBe(
      'Entry 2 of the archive: this request did not send the cookie MOIN_SESSION that the answer to entry 1 had set: it is Secure, and this request went by HTTP',
    );
    expect(out).not.toContain(cookie.split('.')[1]);
    const { requests } = await report({}, '--har', 'b.har');
    expect(requests[0]).toMatchObject({
      verdict: 'nobody is logged in: the password is not that of zoe',
      recorded: { entry: 1, method: 'POST', answer: 'set', findings: [] },
    });
  });

  it('all is well: the verdict on the last request', async () => {
    writeFileSync(join(cwd, 'c.har'), archive({ cookie }, { cookie }));
    const { out } = await simulate({}, '--har', 'c.har');
    expect(out.split('\n')[0]).toBe('After 2 requests zoe is logged in');
    expect(await simulate({}, '--har', 'c.har', '--expect-none', '-q')).toMatchObject({ code: 3 });
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

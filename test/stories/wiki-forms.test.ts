import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { HttpBrowser } from '../aid/web/http-browser.js';
import { JITI, startWiki, type Wiki } from '../aid/wiki.js';

let folder: string;
let store: string;
let wiki: Wiki;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moin-wiki-'));
  store = join(folder, 'store');
  wiki = await startWiki(inject('built'), store);
});

afterAll(async () => {
  await wiki.stop();
  rmSync(folder, { recursive: true });
});

/** Sends a form as a page of the wiki does, unless the headers say otherwise. */
function send(browser: HttpBrowser, path: string, fields: Record<string, string>, headers?: object) {
  const body = new URLSearchParams(fields);
  return browser.fetch(path, { method: 'POST', body, headers: { origin: wiki.url, ...headers } });
}

function login(browser: HttpBrowser, name: string, headers?: object) {
  return send(browser, '/login', { login: '1', name, password: wiki.password }, headers);
}

async function loggedIn(name: string): Promise<HttpBrowser> {
  const browser = new HttpBrowser(wiki.url);
  expect((await login(browser, name)).status).toBe(303);
  return browser;
}

/** What stands in the first hidden field of this name. */
async function hiddenField(browser: HttpBrowser, path: string, name: string): Promise<string> {
  const html = await (await browser.fetch(path)).text();
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
}

async function sessionId(browser: HttpBrowser): Promise<string> {
  const html = await (await browser.fetch('/trace')).text();
  return /<code>([0-9a-f]{32})<\/code>/.exec(html)?.[1] ?? '';
}

async function userOf(browser: HttpBrowser): Promise<string | undefined> {
  return /id="user">([^<]*)</.exec(await (await browser.fetch('/')).text())?.[1];
}

describe('forms of the wiki', () => {
  let alice: HttpBrowser;
  let admin: HttpBrowser;

  beforeAll(async () => {
    // The second login, so that "your sessions" has forms.
    await loggedIn('alice');
    alice = await loggedIn('alice');
    admin = await loggedIn('AdminUser');
  });

  it.each([
    ['its origin', { origin: 'https://evil.example' }],
    ['an origin that is none', { origin: 'null' }],
    ['what the browser says of it', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour under the same domain', { 'sec-fetch-site': 'same-site' }],
  ])('refuse a login and a logout from another site, by %s', async (_, headers) => {
    const stranger = new HttpBrowser(wiki.url);
    expect((await login(stranger, 'alice', headers)).status).toBe(403);
    expect(stranger.cookie).toBe('');
    expect((await send(alice, '/logout', { logout: '1' }, headers)).status).toBe(403);
    expect(await userOf(alice)).toBe('alice');
  });

  it.each(['/sessions/end-others', '/sessions/end', '/change-user', '/change-user/back'])(
    'POST %s does nothing without the token of the session',
    async (path) => {
      const others = await hiddenField(alice, '/sessions', 'csrf');
      const id = await sessionId(admin);
      for (const csrf of [{}, { csrf: '' }, { csrf: others }, { csrf: 'A'.repeat(43) }]) {
        expect((await send(admin, path, { ...csrf, name: 'alice', id })).status).toBe(403);
      }
      expect(await userOf(admin)).toBe('AdminUser');
    },
  );

  it('do nothing for a visitor who is not logged in', async () => {
    const stranger = new HttpBrowser(wiki.url);
    await stranger.fetch('/');
    for (const path of ['/sessions/end-others', '/sessions/end', '/change-user']) {
      expect((await send(stranger, path, { csrf: '', name: 'alice' })).status).toBe(403);
    }
    expect((await stranger.fetch('/sessions')).headers.get('location')).toBe('/login?next=%2Fsessions');
  });

  it('nobody ends the session of somebody else', async () => {
    const csrf = await hiddenField(alice, '/sessions', 'csrf');
    for (const id of [await sessionId(admin), '../../etc/passwd', '']) {
      expect((await send(alice, '/sessions/end', { csrf, id })).status).toBe(303);
    }
    expect(await userOf(admin)).toBe('AdminUser');
  });

  it('nobody but a superuser changes user, whatever form they send', async () => {
    const csrf = await hiddenField(alice, '/sessions', 'csrf');
    expect((await send(alice, '/change-user', { csrf, name: 'AdminUser' })).status).toBe(403);
    expect(await userOf(alice)).toBe('alice');
  });

  it('a superuser who changes to an unknown user gets an error', async () => {
    const csrf = await hiddenField(admin, '/change-user', 'csrf');
    const answer = await send(admin, '/change-user', { csrf, name: 'nobody' });
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining('there is no such user'),
    ]);
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 'http://['])(
    'a login does not redirect to %s',
    async (next) => {
      const html = await (await fetch(`${wiki.url}/login?next=${encodeURIComponent(next)}`)).text();
      expect(html).toContain('name="next" value="/"');
    },
  );

  it('a login with a changed form does not redirect to another site either', async () => {
    const fields = { login: '1', name: 'alice', password: wiki.password, next: '//evil.example' };
    const answer = await send(new HttpBrowser(wiki.url), '/login', fields);
    expect(answer.headers.get('location')).toBe('/');
  });

  it('a name that is HTML is shown as text', async () => {
    const fields = { login: '1', name: '"><script>alert(1)</script>', password: 'x' };
    const answer = await send(new HttpBrowser(wiki.url), '/login', fields);
    const html = await answer.text();
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;');
    expect(html).not.toContain('<script');
  });
});

describe('pages of the wiki', () => {
  it.each(['/', '/wiki/None', '/%E0', '/trace'])(
    '%s has a strict Content-Security-Policy, and no cache stores it',
    async (path) => {
      const { headers } = await fetch(wiki.url + path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.has('x-powered-by')).toBe(false);
    },
  );

  it.each([
    ['/wiki/None', 404],
    ['/wiki/..%2FREADME', 404],
    ['/wiki/%E0', 400],
    ['/wiki/%D0%A1%D0%B5%D0%B0%D0%BD%D1%81%D1%8B', 200],
  ])('GET %s is answered with %i', async (path, status) => {
    expect((await fetch(wiki.url + path)).status).toBe(status);
  });

  it('styles are sent without a cookie and without reading the session', async () => {
    const { headers, status } = await fetch(`${wiki.url}/static/wiki.css`);
    expect([status, headers.has('set-cookie')]).toEqual([200, false]);
  });
});

describe('npm run wiki', () => {
  it('starts again with the same users and sessions, and keeps its configuration to itself', async () => {
    const again = join(folder, "somebody's wiki");
    const first = await startWiki(inject('built'), again);
    const browser = new HttpBrowser(first.url);
    const fields = { login: '1', name: 'alice', password: first.password };
    const body = new URLSearchParams(fields);
    await browser.fetch('/login', { method: 'POST', body, headers: { origin: first.url } });
    await first.stop();
    const second = await startWiki(inject('built'), again);
    expect(second.said).toContain(`users: ${join(again, 'users.json')}`);
    const config = `${again.replace("'", "'\\''")}/moin-sessions.config.json`;
    expect(second.said).toContain(`look into the store: npx moin-sessions --config '${config}' list`);
    const html = await (await fetch(second.url, { headers: { cookie: browser.cookie } })).text();
    expect(html).toContain('id="user">alice<');
    await second.stop();
    for (const file of ['users.json', 'moin-sessions.config.json']) {
      expect(statSync(join(again, file)).mode & 0o777).toBe(0o600);
    }
  });

  it.each([
    [['--port', 'http'], '--port http'],
    [['--colour'], "Unknown option '--colour'"],
    [['--store', 'gopher:x'], "'gopher:' names no kind of store"],
  ])('%j ends with status 2 and one line', async (args, message) => {
    const main = join(inject('built'), 'examples/wiki/main.ts');
    const outcome = await new Promise((resolve) => {
      execFile(process.execPath, [JITI, main, ...args], { cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error?.code, stdout, stderr }),
      );
    });
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^wiki: .*\n$/) });
    expect(outcome).toMatchObject({ stderr: expect.stringContaining(message) });
    expect(existsSync(join(folder, '.moin-sessions'))).toBe(false);
  });
});

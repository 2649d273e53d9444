import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSessions, type SessionStore, type SessionsOptions } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';
import { type Visited, withSessions } from '../../src/web/node.js';
import { missingChromium, openBrowser, openKeptBrowser } from '../aid/chromium.js';
import { putFile, temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { SECRET } from '../aid/site.js';
import { TestUsers } from '../aid/users.js';
import { listen, type Running } from '../aid/web/listen.js';

const SLOW = 60_000;

const running: Running[] = [];
let browser: Browser;
let person: BrowserContext;
let page: Page;

beforeAll(async () => {
  // Names of several sites; all lead to this machine.
  if (missingChromium() === null) browser = await openBrowser(['--host-resolver-rules=MAP * 127.0.0.1']);
});
beforeEach(async (context) => {
  need(context, missingChromium());
  person = await browser.newContext();
  page = await person.newPage();
});
afterEach(async () => {
  await person?.close();
  for (const { close } of running.splice(0)) await close();
});
afterAll(() => browser?.close());

const FORM = `<form method="post" action="login"><input name="name"><input name="password"><button name="login">in</button></form>
<form method="post" action="logout"><button name="logout">out</button></form>`;

/** Starts a site whose pages have a title such as `alice 2`: the user, and what the session counted. Returns its port. */
async function start(options: SessionsOptions, store: SessionStore = new MemoryStore()): Promise<number> {
  const sessions = createSessions({
    store,
    users: new TestUsers(),
    secrets: SECRET,
    anonymousCookieLifetime: 1,
    ...options,
  });
  const loginPaths = ['/login', '/logout', '/wiki/login', '/wiki/logout'];
  const server = withSessions(
    sessions,
    ({ visit, session }: Visited, response) => {
      if (session.available)
        session.set('count' as never, (Number(session.get('count' as never) ?? 0) + 1) as never);
      const title = `${visit.user?.name ?? 'nobody'} ${session.get('count' as never) ?? 0}`;
      response.setHeader('content-type', 'text/html');
      response.end(`<title>${title}</title><p>${title}</p>${FORM}`);
    },
    { loginPaths },
  );
  return serve((request, response) => {
    // Browsers ask for it by themselves, and would be counted.
    if (request.url === '/favicon.ico') response.writeHead(404).end();
    else server(request, response);
  });
}

async function serve(listener: RequestListener): Promise<number> {
  const site = await listen(createServer(listener));
  running.push(site);
  return Number(new URL(site.origin).port);
}

async function titleAt(url: string): Promise<string> {
  await page.goto(url);
  return page.title();
}

async function logIn(url: string, on: Page = page): Promise<void> {
  await on.goto(url);
  await on.locator('[name=name]').fill('alice');
  await on.locator('[name=password]').fill('alice');
  await on.locator('[name=login]').click();
  await on.waitForURL('**/login');
  expect(await on.title()).toMatch(/^alice /);
}

async function logOut(): Promise<void> {
  await page.locator('[name=logout]').click();
  await page.waitForURL('**/logout');
  expect(await page.title()).toMatch(/^nobody /);
}

const ours = async () => (await person.cookies()).filter(({ name }) => name === 'MOIN_SESSION');

describe('spec 4: the options of the cookie, in a real browser', { timeout: SLOW }, () => {
  it('cookieDomain: a login holds on subdomains, and a logout there deletes the cookie', async () => {
    const port = await start({ cookieDomain: 'wiki.test', auth: ['moin_login', 'moin_session'] });
    await logIn(`http://wiki.test:${port}/`);
    expect(await titleAt(`http://en.wiki.test:${port}/`)).toMatch(/^alice /);
    await logOut();
    expect(await ours()).toEqual([]);
    expect(await titleAt(`http://wiki.test:${port}/`)).toBe('nobody 0');
  });

  it('without cookieDomain a login holds on its own host alone', async () => {
    const port = await start({});
    await logIn(`http://wiki.test:${port}/`);
    expect(await titleAt(`http://en.wiki.test:${port}/`)).toBe('nobody 0');
  });

  it('cookiePath: a login holds below the path alone, and a logout deletes the cookie', async () => {
    const port = await start({ cookiePath: '/wiki', auth: ['moin_login', 'moin_session'] });
    const site = `http://wiki.test:${port}`;
    await logIn(`${site}/wiki/page`);
    expect(await titleAt(`${site}/`)).toBe('nobody 0');
    expect(await titleAt(`${site}/wikis`)).toBe('nobody 0');
    expect(await titleAt(`${site}/wiki/other`)).toMatch(/^alice /);
    await logOut();
    expect(await ours()).toEqual([]);
  });

  it('a domain that is new beside an old cookie: the login holds, and a logout ends it', async () => {
    const store = new MemoryStore();
    const [old, now] = [await start({}, store), await start({ cookieDomain: 'wiki.test' }, store)];
    await logIn(`http://wiki.test:${old}/`);
    expect(await titleAt(`http://wiki.test:${now}/`)).toMatch(/^alice /);
    expect(await ours()).toHaveLength(2);
    await logIn(`http://wiki.test:${now}/`);
    expect(await titleAt(`http://wiki.test:${now}/`)).toMatch(/^alice /);
    await logOut();
    expect(await titleAt(`http://wiki.test:${now}/`)).toMatch(/^nobody /);
    await logIn(`http://wiki.test:${now}/`);
    expect(await titleAt(`http://wiki.test:${now}/`)).toMatch(/^alice /);
  });

  it('SameSite=Strict: a link from another site costs no login', async () => {
    const port = await start({ cookieSameSite: 'Strict' });
    const link = `<a href="http://localhost:${port}/linked">there</a>`;
    const other = await serve(
      (_request, response) => void response.setHeader('content-type', 'text/html').end(link),
    );
    await logIn(`http://localhost:${port}/`);
    await page.goto(`http://other.test:${other}/`);
    await page.locator('a').click();
    await page.waitForURL('**/linked');
    expect(await page.title()).toBe('nobody 0');
    expect(await titleAt(`http://localhost:${port}/`)).toMatch(/^alice /);
  });
});

describe('spec 4: the cookie of a page in a frame of another site, in a real browser', {
  timeout: SLOW,
}, () => {
  const SECURE = { cookieSecure: true } as const;

  /** A page of another site around a page of ours. Returns its port. */
  function framing(port: number): Promise<number> {
    const frame = `<iframe src="http://localhost:${port}/"></iframe>`;
    return serve((_request, response) => void response.setHeader('content-type', 'text/html').end(frame));
  }

  async function titleInFrame(url: string, on: Page = page): Promise<string | null> {
    await on.goto(url);
    return on.frameLocator('iframe').locator('p').textContent();
  }

  /** A page in a browser that is set to take the cookies of frames. Some block them unless told so. */
  async function permissivePage(): Promise<Page> {
    const profile = join(temporaryFolder(), 'profile');
    putFile(join(profile, 'Default/Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
    const context = await openKeptBrowser(profile, {});
    onTestFinished(() => context.close());
    return context.newPage();
  }

  it('SameSite=Lax, the default: it does not come back', async () => {
    const url = `http://127.0.0.1:${await framing(await start(SECURE))}/`;
    const permissive = await permissivePage();
    await titleInFrame(url, permissive);
    expect(await titleInFrame(url, permissive)).toBe('nobody 0');
  });

  it('SameSite=None: it comes back, and a form in the frame logs in and out', async () => {
    const url = `http://127.0.0.1:${await framing(await start({ ...SECURE, cookieSameSite: 'None' }))}/`;
    const permissive = await permissivePage();
    expect(await titleInFrame(url, permissive)).toBe('nobody 0');
    expect(await titleInFrame(url, permissive)).toBe('nobody 1');
    const frame = permissive.frameLocator('iframe');
    await frame.locator('[name=name]').fill('alice');
    await frame.locator('[name=password]').fill('alice');
    await frame.locator('[name=login]').click();
    await expect.poll(() => frame.locator('p').textContent()).toMatch(/^alice /);
    expect(await titleInFrame(url, permissive)).toMatch(/^alice /);
    await frame.locator('[name=logout]').click();
    await expect.poll(() => frame.locator('p').textContent()).toMatch(/^nobody /);
    expect(await titleInFrame(url, permissive)).toMatch(/^nobody /);
  });

  it('cookiePartitioned: it comes back in frames of that site alone, where a browser blocks the cookies of frames too', async () => {
    const options = { ...SECURE, cookieSameSite: 'None', cookiePartitioned: true } as const;
    const port = await start(options);
    const url = `http://other.test:${await framing(port)}/`;
    expect(await titleInFrame(url)).toBe('nobody 0');
    expect(await titleInFrame(url)).toBe('nobody 1');
    expect(await titleAt(`http://localhost:${port}/`)).toBe('nobody 0');
    expect(await titleInFrame(url)).toBe('nobody 2');
    const cookies = await person.cookies();
    expect(cookies.filter(({ name }) => name === 'MOIN_SESSION')).toHaveLength(2);
  });
});

describe('spec 3: browserSession, in a real browser', { timeout: SLOW }, () => {
  it.each([
    [false, 'nobody 0'],
    [true, 'alice 2'],
  ])('"remember me" %s: after a restart of the browser the page says "%s"', async (remember, title) => {
    const port = await start({ browserSession: true });
    const profile = join(temporaryFolder(), 'profile');
    const before = await openKeptBrowser(profile, {});
    const first = await before.newPage();
    await first.goto(`http://localhost:${port}/`);
    if (remember) {
      await first
        .locator('form')
        .first()
        .evaluate((form) => {
          form.insertAdjacentHTML('beforeend', '<input type="hidden" name="rememberMe" value="1">');
        });
    }
    await first.locator('[name=name]').fill('alice');
    await first.locator('[name=password]').fill('alice');
    await first.locator('[name=login]').click();
    await first.waitForURL('**/login');
    expect(await first.title()).toBe('alice 1');
    await before.close();
    const after = await openKeptBrowser(profile, {});
    const second = await after.newPage();
    await second.goto(`http://localhost:${port}/`);
    expect(await second.title()).toBe(title);
    await after.close();
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSessions, type PassportStrategy, passport } from '../../src/index.js';
import { moinSessions } from '../../src/web/express.js';
import { missingChromium, openBrowser } from '../aid/chromium.js';
import { need } from '../aid/need.js';
import { SECRET } from '../aid/site.js';
import { TestUsers } from '../aid/users.js';
import { WatchedStore } from '../aid/watched-store.js';
import { listen, type Running } from '../aid/web/listen.js';
import { SLOW } from '../aid/wiki-visit.js';

const LOGIN = { login: '1', name: 'mallory', password: 'mallory' };

/** As a SAML strategy does: takes the identity provider's word from the body. */
class AssertionStrategy {
  declare success: (user: object) => void;
  declare fail: () => void;
  authenticate({ body }: { body?: { SAMLResponse?: string } }): void {
    if (body?.SAMLResponse === 'signed') this.success({ id: '1', name: 'alice' });
    else this.fail();
  }
}

/** A shop that says who is logged in and how often this session came. */
function shop(): RequestListener {
  const users = new TestUsers();
  users.add('alice', '1');
  users.add('mallory');
  const saml = new AssertionStrategy() as unknown as PassportStrategy;
  const sessions = createSessions({
    store: new WatchedStore(),
    users,
    secrets: SECRET,
    anonymousCookieLifetime: 1,
    auth: [
      passport(saml, { when: ({ url, method }) => method === 'POST' && url === '/saml' }),
      'moin_login',
      'moin_session',
      'moin_anon_session',
    ],
  });
  const app = express();
  // Browsers ask for it by themselves, and would be counted.
  app.get('/favicon.ico', (_request, response) => void response.status(404).end());
  app.use(express.urlencoded(), moinSessions(sessions));
  app.use(async ({ visit }, response) => {
    const { session, user } = visit;
    if (session.available) await session.update('count', (count: unknown) => Number(count ?? 0) + 1);
    response.send(`<title>${user?.name ?? 'nobody'} ${session.get('count') ?? 0}</title>
      <form method="post" action="/login"><input name="login" value="1"><input name="name"><input name="password">
      <button>in</button></form>`);
  });
  return app;
}

/** Sends a form from the page where the browser is, as one of that page's own. */
async function sendForm(page: Page, action: string, fields: Record<string, string>): Promise<void> {
  const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
  await page.setContent(
    `<form method="post" action="${action}">${inputs.join('')}<button>send</button></form>`,
  );
  await page.locator('button').click();
  await page.waitForURL(`${action}**`);
}

describe.each(['http', 'https'])('spec 3, cross-site, in a real browser over %s', (scheme) => {
  let folder: string;
  let browser: Browser;
  let own: Running;
  let foreign: Running;
  let page: Page;

  /** Names that are of two sites; both lead to this machine. */
  const shopUrl = () => `${scheme}://shop.test:${new URL(own.origin).port}`;
  const evilUrl = () => `${scheme}://evil.example:${new URL(foreign.origin).port}`;

  function serverFor(listener: RequestListener) {
    if (scheme === 'http') return createServer(listener);
    const [key, cert] = ['key.pem', 'cert.pem'].map((file) => readFileSync(join(folder, file)));
    return createTlsServer({ key, cert } as never, listener);
  }

  beforeAll(async () => {
    if (missingChromium() !== null) return;
    folder = mkdtempSync(join(tmpdir(), 'cross-site-'));
    if (scheme === 'https') {
      const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
      const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
      const args = ['req', ...kind, '-subj', '/CN=test', ...files];
      execFileSync('openssl', args, { stdio: 'ignore' });
    }
    browser = await openBrowser(['--host-resolver-rules=MAP * 127.0.0.1']);
  });
  beforeEach(async (context) => {
    need(context, missingChromium());
    own = await listen(serverFor(shop()) as never, scheme);
    const blank: RequestListener = (_request, response) => response.end('<title>evil</title><body>');
    foreign = await listen(serverFor(blank) as never, scheme);
    page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  });
  afterEach(async () => {
    await page?.context().close();
    await own?.close();
    await foreign?.close();
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** The page's title, once it was asked for anew from the shop. */
  async function titleAtShop(): Promise<string> {
    await page.goto(shopUrl());
    return page.title();
  }

  async function logIn(): Promise<void> {
    await page.goto(shopUrl());
    await page.locator('[name=name]').fill('alice');
    await page.locator('[name=password]').fill('alice');
    await page.locator('button').click();
    await page.waitForURL('**/login');
    expect(await titleAtShop()).toMatch(/^alice /);
  }

  it(
    'a hostile page neither logs a victim in as somebody else, nor out',
    async () => {
      await logIn();
      for (const [path, fields] of [
        ['/login', LOGIN],
        ['/logout', { logout: '1' }],
      ] as const) {
        await page.goto(evilUrl());
        await sendForm(page, shopUrl() + path, fields);
        expect(await page.title()).toBe('nobody 0');
        expect(await titleAtShop()).toMatch(/^alice /);
      }
      await page.context().clearCookies();
      await page.goto(evilUrl());
      await sendForm(page, `${shopUrl()}/login`, LOGIN);
      expect(await titleAtShop()).toBe('nobody 0');
    },
    SLOW,
  );

  it(
    'a return from a payment page costs neither a login nor a visitor’s cart',
    async () => {
      await titleAtShop();
      expect(await titleAtShop()).toBe('nobody 1');
      await page.goto(evilUrl());
      await sendForm(page, `${shopUrl()}/paid`, { paid: '1' });
      expect(await titleAtShop()).toBe('nobody 2');
      await logIn();
      await page.goto(evilUrl());
      await sendForm(page, `${shopUrl()}/paid`, { paid: '1' });
      expect(await titleAtShop()).toMatch(/^alice /);
    },
    SLOW,
  );

  it(
    'an identity provider’s form logs in, by passport',
    async () => {
      await page.goto(evilUrl());
      await sendForm(page, `${shopUrl()}/saml`, { SAMLResponse: 'signed' });
      expect(await page.title()).toMatch(/^alice /);
      expect(await titleAtShop()).toMatch(/^alice /);
    },
    SLOW,
  );
});

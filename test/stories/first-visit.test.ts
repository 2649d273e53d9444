import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { moinSessions } from '../../src/web/express.js';
import { missingChromium, openBrowser } from '../aid/chromium.js';
import { deferred } from '../aid/deferred.js';
import { need } from '../aid/need.js';
import { makeSite, type Site } from '../aid/site.js';
import { listen, type Running } from '../aid/web/listen.js';

/** A shop whose first page has a form with a CSRF token from the session, and says once what was put into the cart. */
function shop({ sessions }: Site, atFront: () => Promise<void>): express.Express {
  const app = express();
  app.use(moinSessions(sessions), express.urlencoded({ extended: false }));
  app.get('/', async ({ session }, response) => {
    await atFront();
    const csrf = session.get('csrf') ?? randomBytes(16).toString('base64url');
    session.set('csrf', csrf);
    const flash = session.get('flash') ?? 'welcome';
    session.delete('flash');
    const cart = JSON.stringify(session.get('cart') ?? []);
    response.send(`<title>Shop</title><p>${flash}</p><output>${cart}</output>
      <form method="post" action="/cart"><input type="hidden" name="csrf" value="${csrf}"><button>Buy</button></form>`);
  });
  app.post('/cart', ({ session, body }, response) => {
    if (session.get('csrf') !== body.csrf)
      return void response.status(403).send('<p>the form is out of date</p>');
    session.set('cart', ['tea']).set('flash', 'tea is in the cart');
    response.redirect(303, '/');
  });
  return app;
}

describe("anonymousSessions: 'first-visit', in a browser", () => {
  let chromium: Browser | undefined;
  let person: BrowserContext;
  let site: Site;
  let running: Running;
  /** What the front page waits for, when its visit has begun. */
  let atFront: () => Promise<void>;

  beforeAll(async () => {
    if (missingChromium() === null) chromium = await openBrowser();
  });

  afterAll(() => chromium?.close());

  beforeEach(async (context) => {
    need(context, missingChromium());
    site = makeSite({ anonymousSessions: 'first-visit' });
    site.time.now = Date.now();
    atFront = async () => {};
    running = await listen(createServer(shop(site, () => atFront())));
    person = await (chromium as Browser).newContext({ baseURL: running.origin });
  });

  afterEach(async () => {
    await person?.close();
    await running?.close();
  });

  const said = (page: Page) => page.locator('p').textContent();
  const buy = (page: Page) => page.getByRole('button', { name: 'Buy' }).click();

  it('A1: the form of the very first page is accepted, and the cart and its message come with the next', async () => {
    const page = await person.newPage();
    await page.goto('/');
    await buy(page);
    expect(await said(page)).toBe('tea is in the cart');
    expect(await page.locator('output').textContent()).toBe('["tea"]');
    await page.reload();
    expect(await said(page)).toBe('welcome');
    expect(await site.records()).toHaveLength(1);
  });

  it('A1: of two first tabs at once, the form of one is refused until its page is loaded again', async () => {
    const tabs = await Promise.all([person.newPage(), person.newPage()]);
    const bothAreThere = deferred();
    let arrived = 0;
    atFront = () => {
      arrived += 1;
      if (arrived === 2) bothAreThere.resolve();
      return bothAreThere.promise;
    };
    // Two addresses: of one, Chromium asks for the second page when it has the first.
    await Promise.all(tabs.map((tab, index) => tab.goto(`/?tab=${index}`)));
    const [cookie] = await person.cookies();
    const ids = new Set((await site.records()).map(({ id }) => id));
    expect(ids.size).toBe(2);
    for (const tab of tabs) await buy(tab);
    const answers = await Promise.all(tabs.map(said));
    expect(answers.sort()).toEqual(['tea is in the cart', 'the form is out of date']);
    expect((await person.cookies())[0]?.value).toBe(cookie?.value);
    for (const tab of tabs) {
      await tab.goto('/');
      await buy(tab);
      expect(await said(tab)).toBe('tea is in the cart');
    }
    expect((await site.records()).map(({ data }) => data.cart)).toHaveLength(2);
  });

  it('A1: a visitor whose browser refuses cookies has no session at the next page, and nothing breaks', async () => {
    const page = await person.newPage();
    await page.goto('/');
    await person.clearCookies();
    await buy(page);
    expect(await said(page)).toBe('the form is out of date');
  });
});

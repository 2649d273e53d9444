import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { missingChromium, openBrowser } from './chromium.js';
import { need } from './need.js';
import { startWiki, type Wiki } from './wiki.js';

/** A wiki for the tests of one file, and browsers for each test. */
export interface WikiVisit {
  readonly wiki: Wiki;
  /** A browser of a new person, or, under the same name within a test, of one who comes back. */
  browser(person?: string, options?: BrowserContextOptions): Promise<BrowserContext>;
}

/** Registers what starts and ends the wiki and the browsers. */
export function visitWiki(entry?: string): WikiVisit {
  let folder: string;
  let wiki: Wiki;
  let count = 0;
  let open: BrowserContext[] = [];

  beforeAll(async () => {
    if (missingChromium() !== null) return;
    folder = mkdtempSync(join(tmpdir(), 'moin-wiki-'));
    wiki = await startWiki(inject('built'), join(folder, 'store'), entry);
  });
  beforeEach((context) => {
    need(context, missingChromium());
    count++;
  });
  afterEach(async () => {
    for (const browser of open) await browser.close();
    open = [];
  });
  afterAll(async () => {
    await wiki?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  return {
    get wiki() {
      return wiki;
    },
    async browser(person = 'somebody', options = {}) {
      const profile = join(folder, `${person}-${count}`);
      const browser = await openBrowser(profile, { baseURL: wiki.url, ...options });
      open.push(browser);
      return browser;
    },
  };
}

/** Logs in by the form, with the keyboard alone. */
export async function logIn(page: Page, name: string, password: string, remember = false): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  if (remember) await page.getByLabel('Remember me').press('Space');
  await page.getByLabel('Password').press('Enter');
  await page.waitForURL('/');
}

/** Who is logged in, as the page's header says; null for nobody. */
export async function whoIsIn(page: Page): Promise<string | null> {
  const user = page.locator('#user');
  return (await user.count()) === 0 ? null : user.textContent();
}

/** The visited-pages trail as the page shows it. */
export function trailOn(page: Page): Promise<string[]> {
  return page.locator('#trail li').allTextContents().then(trimmed);
}

/** What the session example says. */
export async function exampleOn(page: Page): Promise<string> {
  return trimmed([await page.locator('#session-example').innerText()])[0] ?? '';
}

/** The value of the session cookie, and how long it lives. */
export async function sessionCookie(browser: BrowserContext) {
  return (await browser.cookies()).find(({ name }) => name === 'MOIN_SESSION');
}

function trimmed(texts: string[]): string[] {
  return texts.map((text) => text.replace(/\s+/gu, ' ').trim());
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { missingChromium, openBrowser } from './chromium.js';
import { need } from './need.js';
import { startWiki, type Wiki } from './wiki.js';

/** For tests with browsers (ms): a password's check and a new page each take a second on a busy machine. */
export const SLOW = 90_000;

/** A wiki for the tests of one file, and people who visit it. */
export interface WikiVisit {
  readonly wiki: Wiki;
  /** An empty folder, for this file's tests. */
  readonly folder: string;
  /** A person with a browser of their own, for one test. */
  person(options?: BrowserContextOptions): Promise<BrowserContext>;
}

/** Registers what starts and ends the wiki and the browsers. */
export function visitWiki(entry?: string): WikiVisit {
  let folder: string;
  let wiki: Wiki;
  let browser: Browser;
  let people: BrowserContext[] = [];

  beforeAll(async () => {
    if (missingChromium() !== null) return;
    folder = mkdtempSync(join(tmpdir(), 'moin-wiki-'));
    wiki = await startWiki(inject('built'), join(folder, 'store'), entry === undefined ? {} : { entry });
    browser = await openBrowser();
  });
  beforeEach((context) => need(context, missingChromium()));
  afterEach(async () => {
    for (const person of people) await person.close();
    people = [];
  });
  afterAll(async () => {
    await browser?.close();
    await wiki?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  return {
    get wiki() {
      return wiki;
    },
    get folder() {
      return folder;
    },
    async person(options = {}) {
      const person = await browser.newContext({ baseURL: wiki.url, ...options });
      people.push(person);
      return person;
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
  return trimmed([(await page.locator('#session-example').textContent()) ?? ''])[0] ?? '';
}

/** The value of the session cookie, and how long it lives. */
export async function sessionCookie(person: BrowserContext) {
  return (await person.cookies()).find(({ name }) => name === 'MOIN_SESSION');
}

function trimmed(texts: string[]): string[] {
  return texts.map((text) => text.replace(/\s+/gu, ' ').trim());
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { missingChromium, openBrowser } from '../../test/aid/chromium.js';
import { startWiki } from '../../test/aid/wiki.js';

/** Takes the pictures of the example wiki that stand beside this file, with the system's Chromium. */

const missing = missingChromium();
if (missing !== null) throw new Error(missing);

const DESK = { viewport: { width: 960, height: 640 } };
/** 40 columns of text. */
const PHONE = { viewport: { width: 375, height: 700 }, isMobile: true, hasTouch: true };
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36';

const folder = mkdtempSync(join(tmpdir(), 'moin-pictures-'));
const wiki = await startWiki(join(import.meta.dirname, '../..'), join(folder, 'store'));
const browser = await openBrowser();
try {
  const light = await personAt({ ...DESK, userAgent: FIREFOX });
  for (const name of ['Sessions', 'Сеансы', 'SessionExample']) await light.goto(`/wiki/${name}`);
  await picture(light, '/wiki/SessionExample', 'wiki-example');
  const phone = await personAt({ ...PHONE, userAgent: IPHONE });
  const dark = await personAt({ ...DESK, userAgent: WINDOWS, colorScheme: 'dark' });
  for (const page of [phone, dark]) await page.goto('/wiki/CommandLine');
  for (const page of [light, phone, dark]) await logIn(page, 'alice');
  await picture(light, '/', 'wiki-front');
  await picture(light, '/sessions', 'wiki-sessions');
  await picture(phone, '/sessions', 'wiki-sessions-phone');
  await logIn(dark, 'AdminUser');
  await dark.goto('/change-user');
  await dark.getByLabel('Go on as').selectOption('Алёна');
  await dark.getByRole('main').getByRole('button', { name: 'Change user' }).click();
  await picture(dark, '/wiki/Sessions', 'wiki-change-user-dark');
  await picture(await personAt(DESK), '/login', 'wiki-login');
  await wiki.cli('expire', '--user', 'AdminUser', '--yes');
  await picture(dark, '/trace', 'wiki-trace-dark');
} finally {
  await browser.close();
  await wiki.stop();
  rmSync(folder, { recursive: true });
}

async function personAt(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ baseURL: wiki.url, ...options });
  return context.newPage();
}

async function logIn(page: Page, name: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(wiki.password);
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
}

async function picture(page: Page, path: string, name: string): Promise<void> {
  await page.goto(path);
  await page.screenshot({ path: join(import.meta.dirname, `${name}.png`) });
}

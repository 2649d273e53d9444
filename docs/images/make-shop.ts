import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { FileUserDirectory } from '../../src/users/file.js';
import { missingChromium, openBrowser } from '../../test/aid/chromium.js';
import { startProgram } from '../../test/aid/program.js';
import { JITI } from '../../test/aid/wiki.js';

/** Takes the pictures of the example shop that stand beside this file, with the system's Chromium. */

const missing = missingChromium();
if (missing !== null) throw new Error(missing);

const PASSWORD = 'a good password';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1';
const DESK = { viewport: { width: 860, height: 480 }, userAgent: FIREFOX };
const PHONE = { viewport: { width: 375, height: 620 }, isMobile: true, hasTouch: true, userAgent: IPHONE };

const folder = mkdtempSync(join(tmpdir(), 'moin-pictures-'));
const users = new FileUserDirectory(join(folder, 'users.json'));
for (const [name, roles] of [
  ['alice', []],
  ['edith', ['editor']],
] as const)
  await users.add(name, PASSWORD, { roles });
const main = join(import.meta.dirname, '../../examples/shop/main.ts');
const shop = await startProgram(folder, [JITI, main], { SHOP_DATA: folder });
const browser = await openBrowser();
try {
  const edith = await personAt(DESK);
  await logIn(edith, 'edith');
  await uploadPictures(edith);
  await edith.goto('/admin');
  await picture(edith, 'shop-admin');
  const alice = await personAt(DESK);
  await alice.goto('/');
  for (const name of ['Add Tea', 'Add Kluntjes']) await alice.getByRole('button', { name }).click();
  await picture(alice, 'shop-front');
  const phone = await personAt({ ...PHONE, colorScheme: 'dark' });
  for (const page of [alice, phone]) await logIn(page, 'alice');
  await alice.goto('/devices');
  await picture(alice, 'shop-devices');
  await phone.goto('/cart');
  await phone.goto('/');
  await phone.getByRole('button', { name: 'Add Tea' }).click();
  await picture(phone, 'shop-phone-dark');
} finally {
  await browser.close();
  await shop.stop();
  rmSync(folder, { recursive: true });
}

async function personAt(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ baseURL: shop.url, ...options });
  return context.newPage();
}

async function logIn(page: Page, name: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
  await page.getByText(`Moin, ${name}!`).waitFor();
}

/** Draws a picture for each product, and uploads it by the form. */
async function uploadPictures(page: Page): Promise<void> {
  const drawings = [
    ['Tea from', '#31572c', '<path d="M30 95Q20 35 95 25Q100 90 30 95ZM30 95L80 45" />'],
    ['Kluntjes', '#7b6d8d', '<path d="M25 50L60 30L95 50V85L60 105L25 85ZM25 50L60 70L95 50M60 70V105" />'],
    [
      'A cup',
      '#8a3b12',
      '<path d="M20 45H90V70A30 30 0 0 1 60 100H50A30 30 0 0 1 20 70ZM90 52H98A12 12 0 0 1 98 80H88" />',
    ],
  ] as const;
  for (const [name, color, path] of drawings) {
    await page.goto('/admin');
    const form = page.locator('section', { hasText: name });
    const buffer = await draw(color, path);
    await form.getByLabel('Picture').setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer });
    await form.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('has a new picture').waitFor();
  }
}

async function draw(color: string, path: string): Promise<Buffer> {
  const page = await personAt({ viewport: { width: 120, height: 120 } });
  const style = `margin:0;background:${color};fill:none;stroke:white;stroke-width:5;stroke-linejoin:round`;
  await page.setContent(`<body style="${style}"><svg viewBox="0 0 120 120">${path}</svg>`);
  return page.screenshot();
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(import.meta.dirname, `${name}.png`) });
}

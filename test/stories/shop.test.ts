import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { FileUserDirectory } from '../../src/users/file.js';
import { missingChromium, openBrowser, openKeptBrowser } from '../aid/chromium.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { type Program, startProgram } from '../aid/program.js';
import { CLIENT, startTlsProxy } from '../aid/tls-proxy.js';
import type { Running } from '../aid/web/listen.js';
import { JITI } from '../aid/wiki.js';

const PASSWORD = 'a good password';
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

describe('the shop, behind a proxy that terminates TLS, in Chromium', { timeout: 90_000 }, () => {
  let folder: string;
  let program: Program;
  let proxy: Running;
  let chromium: Browser | undefined;

  beforeEach(async (context) => {
    need(context, missingChromium());
    chromium ??= await openBrowser(['--ignore-certificate-errors']);
    folder = temporaryFolder();
    const users = new FileUserDirectory(join(folder, 'users.json'));
    await users.add('edith', PASSWORD, { roles: ['editor'] });
    program = await startShop();
    proxy = await startTlsProxy(program.url, folder);
    return async () => {
      await proxy.close();
      await program.stop();
    };
  });
  afterAll(() => chromium?.close());

  function startShop(...args: string[]): Promise<Program> {
    const main = join(inject('built'), 'examples/shop/main.ts');
    return startProgram(folder, [JITI, main, ...args], { SHOP_DATA: folder, SHOP_HTTPS: '1' });
  }

  async function person(): Promise<BrowserContext> {
    const context = await (chromium as Browser).newContext({ baseURL: proxy.origin });
    onTestFinished(() => context.close());
    return context;
  }

  it('a visitor fills a cart, logs in, uploads a picture, and sees it all in another tab', async () => {
    const context = await person();
    const [one, other] = [await context.newPage(), await context.newPage()];
    const refused: string[] = [];
    for (const tab of [one, other])
      tab.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) refused.push(message.text());
      });

    await one.goto('/');
    await one.getByRole('button', { name: 'Add Tea' }).click();
    await one.getByText('In your cart: Tea').waitFor();
    await cartIs(one, 1);
    await other.goto('/cart');
    await one.getByRole('button', { name: 'Add Kluntjes' }).click();
    await cartIs(other, 2);

    await logIn(one, 'a wrong password');
    await one.getByRole('alert').filter({ hasText: 'Wrong name or password.' }).waitFor();
    await logIn(one, PASSWORD);
    await one.getByText('Moin, edith!').waitFor();
    await cartIs(one, 2);
    await one.getByRole('button', { name: 'Add Tea' }).click();
    await cartIs(other, 3);

    await one.getByRole('link', { name: 'Stock' }).click();
    const tea = one.locator('section', { hasText: 'Tea from' });
    const file = { name: 'tea.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') };
    await tea.getByLabel('Picture').setInputFiles(file);
    await tea.getByRole('button', { name: 'Upload' }).click();
    await one.getByText('has a new picture').waitFor();
    await one.goto('/');
    expect(await one.evaluate('document.querySelector("img").naturalWidth')).toBe(1);

    await one.getByRole('link', { name: 'Your devices' }).click();
    await one.getByRole('cell', { name: 'this one' }).waitFor();
    expect(await one.locator('table').innerText()).toContain(CLIENT);
    await one.getByRole('button', { name: 'Log out' }).click();
    await cartIs(other, 0);
    expect(refused).toEqual([]);
  });

  it('the cookie is for this host and HTTPS alone, and no script reads it', async () => {
    const context = await person();
    const page = await context.newPage();
    await page.goto('/');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: '__Host-SHOP', secure: true, httpOnly: true, path: '/' });
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it('"remember me" lasts over a restart of the browser, and a login without it does not', async () => {
    const profile = join(folder, 'profile');
    const names: (string | null)[] = [];
    for (const remember of [false, true]) {
      await inKeptBrowser(profile, (page) => logIn(page, PASSWORD, remember));
      await inKeptBrowser(profile, async (page) => {
        await page.goto('/');
        names.push(
          (await page.locator('#user').count()) === 0 ? null : await page.locator('#user').innerText(),
        );
      });
    }
    expect(names).toEqual([null, 'edith']);
  });

  it('a signal ends the shop at once and orderly, although a page listens to its cart', async () => {
    const page = await (await person()).newPage();
    await page.goto('/');
    await page.getByRole('button', { name: 'Add Tea' }).click();
    await cartIs(page, 1);
    expect(await program.stop()).toBe(0);
  });

  it.each(['taken', 'http'])(
    'a start at a port that is %s ends with one line that says what to do',
    async (kind) => {
      const port = kind === 'taken' ? new URL(program.url).port : kind;
      const line =
        /^the program ended: shop: .+: choose another port with --port, or 0 for any that is free\n$/;
      await expect(startShop('--port', port)).rejects.toThrow(line);
    },
  );

  it("an operator disables a user by the same configuration: the next click is a stranger's", async () => {
    const page = await (await person()).newPage();
    await page.goto('/');
    await logIn(page, PASSWORD);
    await page.getByRole('link', { name: 'Your devices' }).click();
    const config = join(inject('built'), 'examples/shop/moin-sessions.config.mjs');
    const command = [
      join(inject('built'), 'bin/moin-sessions.js'),
      '--config',
      config,
      'users',
      'disable',
      'edith',
      '--yes',
    ];
    const env = { ...process.env, SHOP_DATA: folder, SHOP_HTTPS: '1' };
    await promisify(execFile)(process.execPath, command, { env });
    await page.reload();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  async function inKeptBrowser(profile: string, act: (page: Page) => Promise<void>): Promise<void> {
    const context = await openKeptBrowser(profile, { baseURL: proxy.origin, ignoreHTTPSErrors: true });
    await act(await context.newPage());
    await context.close();
  }
});

async function logIn(page: Page, password: string, remember = false): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Name').fill('edith');
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Remember me').setChecked(remember);
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
}

/** Waits until the page shows this size of the cart, without a click. */
async function cartIs(page: Page, size: number): Promise<void> {
  await page.locator('#cart', { hasText: new RegExp(`^${size}$`) }).waitFor({ timeout: 20_000 });
}

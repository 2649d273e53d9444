import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openKeptBrowser } from '../aid/chromium.js';
import { logIn, SLOW, sessionCookie, visitWiki, whoIsIn } from '../aid/wiki-visit.js';

/** How long the browser keeps its cookie. */
async function hoursLeft(person: BrowserContext): Promise<number> {
  const { expires = 0 } = (await sessionCookie(person)) ?? {};
  return (expires - Date.now() / 1000) / 3600;
}

describe('somebody who is logged in to the wiki, in a browser', { timeout: SLOW }, () => {
  const visit = visitWiki();

  it('S6: a logout in one tab is seen in the other at its next click', async () => {
    const person = await visit.person();
    const [one, other] = [await person.newPage(), await person.newPage()];
    await logIn(one, 'alice', visit.wiki.password);
    await other.goto('/sessions');
    expect(await whoIsIn(other)).toBe('alice');
    await one.getByRole('button', { name: 'Log out' }).click();
    expect(await whoIsIn(one)).toBeNull();
    await other.getByRole('link', { name: 'What the auth chain did', exact: true }).click();
    expect(await whoIsIn(other)).toBeNull();
    expect(await visit.wiki.cli('list', '--user', 'alice', '--format', 'count')).toBe('0\n');
  });

  it('"remember me" keeps the login after a restart of the browser, for 400 days instead of 12 hours', async () => {
    const profile = join(visit.folder, 'profile');
    const options = { baseURL: visit.wiki.url };
    const before = await openKeptBrowser(profile, options);
    const first = await before.newPage();
    await logIn(first, 'alice', visit.wiki.password);
    expect(await hoursLeft(before)).toBeCloseTo(12, 0);
    await logIn(first, 'alice', visit.wiki.password, true);
    expect(await hoursLeft(before)).toBeCloseTo(400 * 24, 0);
    await before.close();
    const after = await openKeptBrowser(profile, options);
    const page = await after.newPage();
    await page.goto('/');
    expect(await whoIsIn(page)).toBe('alice');
    await page.getByRole('button', { name: 'Log out' }).click();
    expect(await whoIsIn(page)).toBeNull();
    await after.close();
  });

  it('is logged out by an administrator at the next click, and the page says why', async () => {
    const page = await (await visit.person()).newPage();
    await logIn(page, 'alice', visit.wiki.password);
    const report = await visit.wiki.cli('expire', '--user', 'alice', '--yes', '--json');
    expect(JSON.parse(report)).toMatchObject({ matched: 1, expired: 1, failed: 0 });
    await page.getByRole('link', { name: 'What the auth chain did', exact: true }).click();
    expect(await whoIsIn(page)).toBeNull();
    const step = page.locator('.steps li', { hasText: 'moin_session' }).first();
    expect(await step.textContent()).toContain('an administrator ended this session');
  });

  it("S3: simulate with the browser's cookie reports the same user as the wiki", async () => {
    const person = await visit.person();
    const page = await person.newPage();
    await logIn(page, 'alice', visit.wiki.password);
    const cookie = `MOIN_SESSION=${(await sessionCookie(person))?.value}`;
    const told = await visit.wiki.cli('simulate', '--cookie', cookie, '--json');
    expect(JSON.parse(told).requests[0]).toMatchObject({
      user: { name: 'alice' },
      session: { available: true },
    });
  });

  it('sees where they are logged in, and ends one session, then all others', async () => {
    const agents = [
      'X11; Linux x86_64) Firefox/140.0',
      'Windows NT 10.0) Firefox/140.0',
      'iPhone) Safari/604.1',
    ];
    const pages = [];
    for (const agent of agents) {
      const person = await visit.person({ userAgent: `Mozilla/5.0 (${agent}` });
      pages.push(await person.newPage());
    }
    const [here, windows, phone] = pages as [(typeof pages)[0], (typeof pages)[0], (typeof pages)[0]];
    for (const page of pages) await logIn(page, 'Алёна', visit.wiki.password);
    await here.getByRole('link', { name: 'Your sessions' }).click();
    const devices = () => here.locator('tbody th').allTextContents();
    expect((await devices()).sort()).toEqual(['Firefox on Linux', 'Firefox on Windows', 'Safari on iOS']);
    expect(await here.locator('tr.present th').textContent()).toBe('Firefox on Linux');
    const addresses = await here.locator('[data-label=Address]').allTextContents();
    expect(addresses).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
    await here.getByRole('button', { name: 'End the session on Firefox on Windows' }).click();
    expect((await devices()).sort()).toEqual(['Firefox on Linux', 'Safari on iOS']);
    await here.getByRole('button', { name: 'End all others' }).click();
    expect(await devices()).toEqual(['Firefox on Linux']);
    for (const page of [windows, phone]) {
      await page.reload();
      expect(await whoIsIn(page)).toBeNull();
    }
    await here.reload();
    expect(await whoIsIn(here)).toBe('Алёна');
  });

  it('changes user and back, with a banner, under their own name in the store', async () => {
    const page = await (await visit.person()).newPage();
    await logIn(page, 'AdminUser', visit.wiki.password);
    await page.getByRole('link', { name: 'Change user' }).click();
    await page.getByLabel('Go on as').selectOption('alice');
    await page.getByRole('main').getByRole('button', { name: 'Change user' }).click();
    expect(await whoIsIn(page)).toBe('alice');
    expect(await page.getByRole('complementary').textContent()).toContain('You are AdminUser');
    expect(
      await visit.wiki.cli('list', '--user', 'AdminUser', '--has-key', 'setuid', '--format', 'count'),
    ).toBe('1\n');
    await page.getByRole('button', { name: 'Be AdminUser again' }).click();
    expect(await whoIsIn(page)).toBe('AdminUser');
    expect(await page.getByRole('complementary').count()).toBe(0);
    expect(visit.wiki.said.filter((line) => line.startsWith('setuid: AdminUser went from'))).toEqual([
      'setuid: AdminUser went from AdminUser to alice',
      'setuid: AdminUser went from alice to AdminUser',
    ]);
  });

  it('may not change user unless they are a superuser', async () => {
    const page = await (await visit.person()).newPage();
    await logIn(page, 'alice', visit.wiki.password);
    expect(await page.getByRole('link', { name: 'Change user' }).count()).toBe(0);
    expect((await page.goto('/change-user'))?.status()).toBe(403);
  });
});

import { describe, expect, it } from 'vitest';
import { exampleOn, logIn, SLOW, sessionCookie, trailOn, visitWiki, whoIsIn } from '../aid/wiki-visit.js';

describe('a visitor of the wiki, in a browser', { timeout: SLOW }, () => {
  const visit = visitWiki();

  it('A1 S8: gets a cookie at the first page, a trail from the second, and no record before that', async () => {
    const person = await visit.person();
    const page = await person.newPage();
    await page.goto('/');
    expect(await sessionCookie(person)).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: false });
    expect(await trailOn(page)).toEqual([]);
    expect(await visit.wiki.cli('list', '--format', 'count')).toBe('0\n');
    await page.getByRole('link', { name: 'What a session is' }).click();
    expect(await trailOn(page)).toEqual(['Sessions']);
    await page.goto('/wiki/Сеансы');
    expect(await trailOn(page)).toEqual(['Sessions', 'Сеансы']);
    expect(await visit.wiki.cli('list', '--anonymous', '--has-key', 'trail', '--format', 'count')).toBe(
      '1\n',
    );
  });

  it('S1 S2: the example says that there is no session yet, then sets a value, then shows it', async () => {
    const page = await (await visit.person()).newPage();
    await page.goto('/wiki/SessionExample');
    expect(await exampleOn(page)).toContain('no session yet');
    await page.reload();
    const value = /^set to value (\d+)$/.exec(await exampleOn(page))?.[1];
    expect(value).toBeDefined();
    await page.reload();
    expect(await exampleOn(page)).toBe(`the value is ${value}`);
  });

  it('I1: tabs that open in the same moment agree on one value, and all pages are in the trail', async () => {
    const person = await visit.person();
    const page = await person.newPage();
    await page.goto('/login');
    const tabs = await Promise.all(Array.from({ length: 4 }, () => person.newPage()));
    const names = ['SessionExample', 'SessionExample', 'Sessions', 'CommandLine'];
    await Promise.all(tabs.map((tab, index) => tab.goto(`/wiki/${names[index]}`)));
    const said = await Promise.all(tabs.slice(0, 2).map(exampleOn));
    expect(said.filter((text) => text.startsWith('set to value'))).toHaveLength(1);
    expect(new Set(said.map((text) => /\d+$/.exec(text)?.[0])).size).toBe(1);
    await page.reload();
    expect((await trailOn(page)).sort()).toEqual(['CommandLine', 'SessionExample', 'Sessions']);
  });

  it('S4: keeps value and trail at a login, under a new cookie', async () => {
    const person = await visit.person();
    const page = await person.newPage();
    await page.goto('/wiki/Sessions');
    await page.goto('/wiki/SessionExample');
    const value = /\d+$/.exec(await exampleOn(page))?.[0];
    const before = await sessionCookie(person);
    await logIn(page, 'alice', visit.wiki.password);
    expect(await whoIsIn(page)).toBe('alice');
    expect(await trailOn(page)).toEqual(['SessionExample', 'FrontPage']);
    const after = await sessionCookie(person);
    expect(before?.value).toMatch(/^anon\./);
    expect(after?.value).toMatch(/^user\./);
    expect(after?.value.split('.')[1]).not.toBe(before?.value.split('.')[1]);
    await page.goto('/wiki/SessionExample');
    expect(await exampleOn(page)).toBe(`the value is ${value}`);
  });

  it('S5: a login with a wrong password says so, and leaves the session as it was', async () => {
    const page = await (await visit.person()).newPage();
    await page.goto('/');
    await page.goto('/wiki/Sessions');
    await page.goto('/login');
    await page.getByLabel('Name').fill('alice');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('Name or password is wrong.');
    expect(await page.getByLabel('Name').inputValue()).toBe('alice');
    expect(await whoIsIn(page)).toBeNull();
    expect(await trailOn(page)).toEqual(['Sessions']);
  });

  it('shows HTML in names and addresses as text, breaks no policy, and is quiet in the console', async () => {
    const page = await (await visit.person()).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    for (const path of ['/', '/wiki/جلسات', '/login', '/trace']) await page.goto(path);
    await page.goto(`/login?next=${encodeURIComponent('"><script>document.title="taken"</script>')}`);
    expect(await page.title()).toBe('Log in · Session Wiki');
    expect(await page.locator('script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('can be walked with the keyboard: the first stop skips to the page', async () => {
    const page = await (await visit.person()).newPage();
    await page.goto('/');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('content');
  });
});

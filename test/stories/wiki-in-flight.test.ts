import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { exampleOn, logIn, SLOW, sessionCookie, trailOn, visitWiki, whoIsIn } from '../aid/wiki-visit.js';

describe('a page that is still loading, in a browser', { timeout: SLOW }, () => {
  const visit = visitWiki('test/aid/slow-wiki.ts');

  /** Opens a page that the wiki holds, and comes back when it does. */
  async function open(tab: { goto(url: string): Promise<unknown> }, url: string) {
    const held = once(visit.wiki.process, 'message');
    const loaded = tab.goto(url);
    await held;
    return async () => {
      visit.wiki.process.send('go');
      await loaded;
    };
  }

  it.each(['before', 'after'])(
    'S4 I2: a page with the old cookie, held %s its session was found, does not undo a login',
    async (place) => {
      const person = await visit.person();
      const [slow, page] = [await person.newPage(), await person.newPage()];
      await page.goto('/wiki/Sessions');
      await page.goto('/wiki/SessionExample');
      const value = /\d+$/.exec(await exampleOn(page))?.[0];
      const finish = await open(slow, `/wiki/CommandLine?hold=${place}`);
      await logIn(page, 'alice', visit.wiki.password);
      const cookie = await sessionCookie(person);
      await finish();
      expect(await whoIsIn(slow)).toBeNull();
      expect((await sessionCookie(person))?.value).toBe(cookie?.value);
      await page.goto('/wiki/SessionExample');
      expect(await whoIsIn(page)).toBe('alice');
      expect(await exampleOn(page)).toBe(`the value is ${value}`);
      expect(await trailOn(page)).toEqual(['FrontPage', 'SessionExample']);
    },
  );

  it.each(['before', 'after'])(
    'S4 I2: a page with the cookie of the first login, held %s its session was found, does not undo a second login',
    async (place) => {
      const person = await visit.person();
      const [slow, page] = [await person.newPage(), await person.newPage()];
      await logIn(page, 'alice', visit.wiki.password);
      const finish = await open(slow, `/wiki/CommandLine?hold=${place}`);
      await logIn(page, 'alice', visit.wiki.password);
      const cookie = await sessionCookie(person);
      await finish();
      expect((await sessionCookie(person))?.value).toBe(cookie?.value);
      await page.goto('/');
      expect(await whoIsIn(page)).toBe('alice');
    },
  );

  it('S6 I2: a page does not bring back a session that was logged out meanwhile', async () => {
    const person = await visit.person();
    const [slow, page] = [await person.newPage(), await person.newPage()];
    await logIn(page, 'Алёна', visit.wiki.password);
    const finish = await open(slow, '/wiki/CommandLine?hold=after');
    await page.getByRole('button', { name: 'Log out' }).click();
    await finish();
    expect(await visit.wiki.cli('list', '--user', 'Алёна', '--format', 'count')).toBe('0\n');
    await slow.goto('/');
    expect(await whoIsIn(slow)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { makeSite } from '../aid/site.js';

const ALICE = { id: 'u-alice', name: 'alice' };

describe('visit.logIn at the very first request', () => {
  it.each(['returning', 'first-visit'] as const)(
    'S4: with anonymousSessions %s, what the request has set moves along',
    async (anonymousSessions) => {
      const site = makeSite({ anonymousSessions, rememberClient: ['url'] });
      const browser = site.browser();
      const visit = await browser.begin({ url: '/sign-up?x' });
      visit.session.set('cart', 'tea');
      await visit.logIn(ALICE);
      browser.receive(await visit.commit());
      const [record, ...others] = await site.records();
      expect(others).toEqual([]);
      expect(record).toMatchObject({ kind: 'user', client: { url: '/sign-up' }, data: { cart: 'tea' } });
      expect((await browser.visit()).user).toBe('alice');
    },
  );

  it("S4: a visitor's record that was saved before goes", async () => {
    const site = makeSite({ anonymousSessions: 'first-visit' });
    const browser = site.browser();
    const visit = await browser.begin();
    visit.session.set('cart', 'tea');
    await visit.session.save();
    await visit.logIn(ALICE);
    browser.receive(await visit.commit());
    const records = await site.records();
    expect(records.map(({ kind, data }) => ({ kind, data }))).toEqual([
      { kind: 'user', data: { cart: 'tea' } },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Browser } from '../../aid/browser.js';
import { makeSite, type Site } from '../../aid/site.js';

/** Has the thief rotate so many times, each time before the store is asked to end the session. */
function rotateBeforeEnds(site: Site, thief: Browser, times: number): void {
  const { store } = site;
  const update = store.update.bind(store);
  let left = times;
  store.update = async (id, change) => {
    if (left > 0) {
      left -= 1;
      await thief.visit({}, (session) => session.rotate());
    }
    return update(id, change);
  };
}

describe('a thief who rotates a stolen session all the time (spec 5, I2)', () => {
  it.each([
    ['endUser', (site: Site) => site.sessions.endUser('u-alice')],
    ['expire by user', (site: Site) => site.sessions.expire({ userId: 'u-alice' })],
    ['expire by state', (site: Site) => site.sessions.expire({ kind: 'user', state: 'active' })],
    [
      'expire by id',
      async (site: Site) => site.sessions.expire((await site.records()).map((record) => record.id)),
    ],
  ] as const)('is thrown out by %s, and the report counts it', async (_what, end) => {
    const site = makeSite();
    const thief = site.browser();
    await thief.logIn('alice');
    rotateBeforeEnds(site, thief, 25);
    expect(await end(site)).toMatchObject({ expired: 1, kept: 0, failed: 0 });
    expect((await thief.visit()).user).toBeNull();
  });

  it('is found although a listing reads it between two ids', async () => {
    const site = makeSite();
    const thief = site.browser();
    await thief.logIn('alice');
    const { store } = site;
    const findByUser = store.findByUser.bind(store);
    let looks = 0;
    store.findByUser = async function* (...args) {
      looks += 1;
      if (looks > 2) yield* findByUser(...args);
    };
    expect(await site.sessions.endUser('u-alice')).toMatchObject({ expired: 1 });
    expect((await thief.visit()).user).toBeNull();
  });

  it('a visitor’s id that has become the login of a user meanwhile ends nobody’s login', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    await browser.visit({}, (session) => session.set('cart', 'tea'));
    const [visitor] = await site.records();
    const { store } = site;
    const update = store.update.bind(store);
    let hasLoggedIn = false;
    store.update = async (id, change) => {
      if (!hasLoggedIn) {
        hasLoggedIn = true;
        await browser.logIn('alice');
      }
      return update(id, change);
    };
    await site.sessions.expire([String(visitor?.id)]);
    expect((await browser.visit()).user).toBe('alice');
  });
});

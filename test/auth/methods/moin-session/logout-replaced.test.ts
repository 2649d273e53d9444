import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../src/base/clock.js';
import type { Browser } from '../../../aid/browser.js';
import { makeSite, type Site, visitorWith } from '../../../aid/site.js';

const rotate = (browser: Browser) => browser.visit({}, (session) => session.rotate());

/** Alice is logged in in a browser whose cookie was just replaced; `late` still sends the one before. */
async function replaced(replace: (browser: Browser) => Promise<unknown>) {
  const site = makeSite();
  const browser = site.browser();
  await browser.logIn('alice');
  const late = browser.copy();
  await replace(browser);
  return { site, browser, late };
}

/** Alice logs out; before her session is removed, another tab rotates it and `then` runs. Returns the other tab. */
async function rotatedDuringLogout(site: Site, then: () => void = () => {}): Promise<Browser> {
  const browser = site.browser();
  await browser.logIn('alice');
  const rotating = browser.copy();
  site.store.before = async (call) => {
    if (call !== 'delete') return;
    site.store.before = () => {};
    await rotate(rotating);
    then();
  };
  await browser.logOut();
  return rotating;
}

async function users(site: Site): Promise<(string | undefined)[]> {
  return (await site.records()).map(({ user }) => user?.name);
}

describe('S6: a logout with a token that was replaced a moment ago', () => {
  it.each<[string, (browser: Browser) => Promise<unknown>]>([
    ['a rotation', rotate],
    ['a second login', (browser) => browser.logIn('alice')],
    [
      'a login and two rotations',
      async (browser) => {
        await browser.logIn('alice');
        await rotate(browser);
        await rotate(browser);
      },
    ],
  ])('S6: by %s: the session under the newest token ends', async (_, replace) => {
    const { site, browser, late } = await replaced(replace);
    const { reasons } = await late.logOut();
    expect(reasons.moin_session).toBe('logout');
    expect(late.cookie).not.toMatch(/^user/);
    expect(await users(site)).toEqual([]);
    expect((await browser.visit()).user).toBeNull();
    expect(site.events.filter(({ event }) => event === 'ended')).toHaveLength(1);
  });

  it('S6, I2: by a rotation while the logout is under way: it ends, too', async () => {
    const site = makeSite();
    const rotating = await rotatedDuringLogout(site);
    expect(await users(site)).toEqual([]);
    expect((await rotating.visit()).user).toBeNull();
  });

  it('S6, S3: by a rotation a minute before the session is removed: the new session stays', async () => {
    const site = makeSite();
    const rotating = await rotatedDuringLogout(site, () => site.pass(MINUTE));
    expect(await users(site)).toEqual(['alice']);
    expect((await rotating.visit()).user).toBe('alice');
  });

  it('S6: asked twice, it finds the session both times', async () => {
    const { site, browser, late } = await replaced(rotate);
    const twin = late.copy();
    site.store.before = (call) => {
      if (call === 'find') throw new Error('the store is away');
    };
    await expect(late.logOut()).rejects.toThrow('away');
    site.store.before = () => {};
    await twin.logOut();
    expect((await browser.visit()).user).toBeNull();
  });

  it('S3: from one minute on it is a stale cookie like any other: it ends nothing', async () => {
    const { site, browser, late } = await replaced(rotate);
    site.pass(MINUTE);
    await late.logOut();
    expect((await browser.visit()).user).toBe('alice');
  });

  it('S10: another user who logged in over it stays', async () => {
    const { browser, late } = await replaced((one) => one.logIn('bob'));
    await late.logOut();
    expect((await browser.visit()).user).toBe('bob');
  });

  it("S10: a visitor's cookie does not lead another user to the login that replaced it", async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const late = browser.copy();
    await browser.logIn('alice');
    await late.visit({ headers: { 'x-user': 'bob' }, form: { logout: true } });
    await late.logOut();
    expect((await browser.visit()).user).toBe('alice');
  });

  it('I6: tombstones that lead in a circle, as an attacker could plant them, are followed once', async () => {
    const { site, late } = await replaced(rotate);
    const [one, two] = ['1', '2'].map((digit) => digit.repeat(32)) as [string, string];
    const trace = { reason: 'rotated', at: site.time.now, until: site.time.now + MINUTE } as const;
    const id = (await late.begin()).cookies[0]?.sessionId as string;
    const [record] = await site.records();
    await site.store.delete(record?.id as string);
    const circle: Record<string, string> = { [id]: one, [one]: two, [two]: id };
    site.store.tombstone = async (of) => ({ ...trace, successor: circle[of] as string });
    const { reasons } = await late.logOut();
    expect(reasons.moin_session).toBe('logout');
  });
});

import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../../src/base/clock.js';
import { makeSite, visitorWith } from '../../../aid/site.js';

/** The browser has logged in again; a request with the cookie before comes a moment later, as from another tab. */
async function replacedLogin(pause = 0) {
  const site = makeSite();
  const browser = site.browser();
  await browser.logIn('alice');
  const late = browser.copy();
  await browser.logIn('alice');
  site.pass(pause);
  return { site, browser, late };
}

describe('a request beside the login or rotation that replaces its token', () => {
  it('S3: it is refused, and says nothing about the cookie: the login must stand', async () => {
    const { browser, late } = await replacedLogin();
    const visit = await late.begin();
    expect(visit.user).toBeNull();
    expect(visit.trace.map(({ reason }) => reason)).toContain('refused-unknown');
    browser.receive(await visit.commit());
    expect((await browser.visit()).user).toBe('alice');
  });

  it('A1: it is given no anonymous cookie either', async () => {
    const { late } = await replacedLogin();
    const visit = await late.begin();
    expect(visit.trace.at(-1)).toMatchObject({ method: 'moin_anon_session', reason: 'already-available' });
    expect((await visit.commit())['set-cookie']).toBeUndefined();
  });

  it('S3: from one minute on it is a stale cookie like any other, and is deleted', async () => {
    const { late } = await replacedLogin(MINUTE);
    expect((await late.visit()).sent).toMatchObject({ action: 'set', kind: 'anon' });
  });

  it('S7: where a method establishes the user, they stay, and the cookie is left alone', async () => {
    const { browser, late } = await replacedLogin();
    const visit = await late.begin({ headers: { 'x-user': 'alice' } });
    expect(visit.user?.name).toBe('alice');
    expect(visit.session.available).toBe(false);
    browser.receive(await visit.commit());
    expect((await browser.visit()).user).toBe('alice');
  });

  it('S3: a rotation stands as a login does', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const late = browser.copy();
    await browser.visit({}, (session) => session.rotate());
    browser.receive(await (await late.begin()).commit());
    expect((await browser.visit()).user).toBe('alice');
  });

  it('S2, S3: a replaced anonymous token is not available, its cookie left alone, and no new one given', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const late = browser.copy();
    await browser.visit({}, (session) => session.rotate());
    const { session, headers, reasons } = await late.visit();
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(headers['set-cookie']).toBeUndefined();
    expect(reasons).toMatchObject({
      moin_session: 'refused-unknown',
      moin_anon_session: 'already-available',
    });
    expect((await browser.visit()).session.get('cart')).toBe('apple');
    site.pass(MINUTE);
    expect((await late.visit()).session.available).toBe(true);
  });

  it('S2: one that was destroyed gives way to a new token at once: what is stored now is kept', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const beside = browser.copy();
    await browser.visit({}, (session) => session.destroy());
    const { session, sent } = await beside.visit({}, (fresh) => fresh.set('cart', 'pear'));
    expect(session.available).toBe(true);
    expect(sent).toMatchObject({ action: 'set', kind: 'anon' });
    expect((await beside.visit()).session.get('cart')).toBe('pear');
  });

  it('S2: what the store remembers of an end holds for an hour; from then on the token begins anew', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const [old, late] = [browser.copy(), browser.copy()];
    await browser.visit({}, (session) => session.destroy());
    site.pass(HOUR - 1);
    expect((await late.visit()).sent).toMatchObject({ action: 'set', kind: 'anon' });
    site.pass(1);
    const { session, sent } = await old.visit();
    expect([session.available, sent]).toEqual([true, null]);
    session.set('cart', 'pear');
    expect(await session.save()).toBe('saved');
  });

  it('S6: a replayed logged-out cookie is deleted at once', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    const browser = site.browser();
    await browser.logIn('alice');
    const thief = browser.copy();
    await browser.logOut();
    expect(await thief.visit()).toMatchObject({ user: null, sent: { action: 'delete' } });
  });
});

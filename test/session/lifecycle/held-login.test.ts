import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../../src/auth/method.js';
import type { Session } from '../../../src/session/session.js';
import { makeSite, visitorWith } from '../../aid/site.js';

/** A link behind `moin_session` that does something to the session while the chain still runs. */
function meddler(act: (session: Session) => Promise<unknown>): AuthMethod {
  return {
    name: 'meddler',
    async authenticate({ session, form }, { user }) {
      if (form.login && session !== null) await act(session);
      return { user, continue: true };
    },
  };
}

function siteWith(act: (session: Session) => Promise<unknown>) {
  return makeSite({ auth: ['moin_login', 'moin_session', meddler(act), 'moin_anon_session'] });
}

describe('the session of a login, while the chain still runs', () => {
  it('spec 3: save() and update() write nothing yet; what was set is saved with the login', async () => {
    const site = siteWith(async (session) => {
      session.set('a', 1);
      expect(await session.save()).toBe('unavailable');
      expect(await session.update('b', () => 2)).toBe(2);
      expect(await site.records()).toEqual([]);
    });
    await site.browser().logIn('alice');
    expect((await site.records()).map(({ data }) => data)).toEqual([{ a: 1, b: 2 }]);
  });

  it('spec 3: rotate() does nothing, because the token is new', async () => {
    const site = siteWith(async (session) => {
      const { id } = session;
      await session.rotate();
      expect(session.id).toBe(id);
      expect(await site.records()).toHaveLength(1);
    });
    const browser = await visitorWith(site, 'cart', 'apple');
    const { session } = await browser.logIn('alice');
    expect(session.get('cart')).toBe('apple');
    expect((await browser.visit()).user).toBe('alice');
  });

  it('spec 5: destroy() ends the session that the login replaces, and no new one is written', async () => {
    const site = siteWith(async (session) => {
      await session.destroy();
      expect(await site.records()).toHaveLength(1);
    });
    const browser = await visitorWith(site, 'cart', 'apple');
    const { session, sent } = await browser.logIn('alice');
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(sent?.kind).not.toBe('user');
    expect(await site.records()).toEqual([]);
  });

  it('spec 3: a later method that throws: nobody is logged in, nothing is saved', async () => {
    const broken = new Error('broken');
    const site = siteWith(() => Promise.reject(broken));
    const browser = await visitorWith(site, 'cart', 'apple');
    const before = await site.records();
    await expect(browser.logIn('alice')).rejects.toBe(broken);
    expect(await site.records()).toEqual(before);
    expect((await browser.visit()).session.get('cart')).toBe('apple');
  });
});

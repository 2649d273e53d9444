import { describe, expect, it } from 'vitest';
import { moinSession } from '../../../src/index.js';
import { createSessions } from '../../../src/sessions.js';
import { makeSite, visitorWith } from '../../aid/site.js';

const LEAVING = { auth: ['moin_login', moinSession({ leave: ['csrf'] }), 'moin_anon_session'] } as const;

describe('values that an attacker may have planted in a visitor session are left behind', () => {
  it('S4: a login leaves the keys that moin_session is to leave, and carries the rest over', async () => {
    const browser = await visitorWith(makeSite(LEAVING), 'csrf', 'planted');
    await browser.visit({}, (session) => session.set('cart', ['apple']));
    const { session } = await browser.logIn('alice');
    expect(session.toJSON()).toEqual({ cart: ['apple'] });
    expect((await browser.visit()).session.toJSON()).toEqual({ cart: ['apple'] });
  });

  it('S4: a key that is planted while the login is under way is left, too', async () => {
    const site = makeSite(LEAVING);
    const browser = await visitorWith(site, 'cart', 'apple');
    const attacker = browser.copy();
    let planted = false;
    site.store.before = async (call) => {
      if (call !== 'create' || planted) return;
      planted = true;
      await attacker.visit({}, (session) => session.set('csrf', 'planted'));
    };
    await browser.logIn('alice');
    expect(planted).toBe(true);
    expect((await browser.visit()).session.has('csrf')).toBe(false);
  });

  it('rotate({ leave }) leaves keys behind, also what others saved there meanwhile', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const visit = await browser.begin();
    await browser.visit({}, (session) => session.set('csrf', 'planted'));
    await visit.session.rotate({ leave: ['csrf'] });
    expect(visit.session.toJSON()).toEqual({ cart: 'apple' });
    expect((await site.records()).map(({ data }) => data)).toEqual([{ cart: 'apple' }]);
  });

  it('rotate({ leave }) leaves them behind also where the request has touched other keys', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const visit = await browser.begin();
    visit.session.set('mine', 1);
    await browser.visit({}, (session) => session.set('csrf', 'planted'));
    await visit.session.rotate({ leave: ['csrf'] });
    expect(visit.session.toJSON()).toEqual({ cart: 'apple', mine: 1 });
    expect((await site.records()).map(({ data }) => data)).toEqual([{ cart: 'apple', mine: 1 }]);
  });

  it('rotate({ leave }): a value that is set anew right after it is kept', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'csrf', 'planted');
    await browser.visit({}, async (session) => {
      const rotated = session.rotate({ leave: ['csrf'] });
      session.set('csrf', 'fresh');
      await rotated;
    });
    expect((await site.records()).map(({ data }) => data)).toEqual([{ csrf: 'fresh' }]);
  });

  it('a value that is not a list of keys is refused', async () => {
    expect(() => moinSession({ leave: 'csrf' as never })).toThrow("'leave' of moin_session must be a list");
    const leave = [1] as never;
    expect(() => createSessions({ auth: [{ method: 'moin_session', leave }] })).toThrow('a list');
    createSessions({ auth: [{ method: 'moin_session', leave: ['csrf'] }] });
    const { session } = await makeSite().sessions.begin({});
    for (const wrong of [{ leave: 'csrf' }, { leave: [1] }, { leave: null }])
      await expect(session.rotate(wrong as never)).rejects.toThrow('leave must be a list of session keys');
  });
});

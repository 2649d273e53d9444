import { describe, expect, it } from 'vitest';
import { CookieSigner } from '../../../src/session/cookie/signer.js';
import { newToken } from '../../../src/session/cookie/token.js';
import type { Browser } from '../../aid/browser.js';
import { makeSite, SECRET, type Site, visitorWith } from '../../aid/site.js';

const signer = new CookieSigner('MOIN_SESSION', [Buffer.from(SECRET)]);

/** Cookies that open nothing: badly signed, cut short, or well signed and of no session. */
const USELESS: Record<string, () => string> = {
  rubbish: () => 'rubbish',
  empty: () => '',
  'badly signed': () => `user.${newToken()}.${newToken()}`,
  'of a session that is gone': () => signer.sign('user', newToken()),
  'of a visitor who has stored nothing': () => signer.sign('anon', newToken()),
};

async function answerTo(site: Site, values: readonly (string | undefined)[], request: object = {}) {
  const cookie = values.map((value) => `MOIN_SESSION=${value}`).join('; ');
  site.store.newCalls();
  const visit = await site.sessions.begin({ ...request, headers: { cookie } });
  const calls = site.store.newCalls();
  return { visit, calls, headers: await visit.commit() };
}

async function loggedIn(site: Site, name = 'alice'): Promise<Browser> {
  const browser = site.browser();
  await browser.logIn(name);
  await browser.visit({}, (session) => session.set('draft', `of ${name}`));
  return browser;
}

describe.each(Object.entries(USELESS))('spec 4: a cookie %s beside a good one', (_, useless) => {
  it.each(['before', 'behind'])('spec 4: %s it costs it nothing, and nothing is deleted', async (where) => {
    const site = makeSite();
    const [alice, visitor] = [await loggedIn(site), await visitorWith(site, 'cart', 'apple')];
    const order = (good: string | undefined) => (where === 'before' ? [useless(), good] : [good, useless()]);
    const user = await answerTo(site, order(alice.cookie));
    expect(user.visit.user?.name).toBe('alice');
    expect(user.visit.session.get('draft' as never)).toBe('of alice');
    expect(user.headers['set-cookie']).toBeUndefined();
    const anonymous = await answerTo(site, order(visitor.cookie));
    expect(anonymous.visit.session.get('cart' as never)).toBe('apple');
    expect(anonymous.headers['set-cookie']).toBeUndefined();
  });

  it('spec 4, S6: a logout ends the session of the good one', async () => {
    const site = makeSite();
    const alice = await loggedIn(site);
    const { headers } = await answerTo(site, [useless(), alice.cookie], { form: { logout: true } });
    expect(headers['set-cookie']).toBeDefined();
    expect(await site.records()).toEqual([]);
  });

  it('spec 4, S4: a login takes along what the good one opens', async () => {
    const site = makeSite();
    const visitor = await visitorWith(site, 'cart', 'apple');
    const form = { login: true, name: 'alice', password: 'alice' };
    await answerTo(site, [useless(), visitor.cookie], { form });
    expect((await site.records()).map(({ kind, data }) => [kind, data])).toEqual([
      ['user', { cart: 'apple' }],
    ]);
  });
});

describe('several good cookies (spec 4)', () => {
  it("spec 4: a user's session comes before a visitor's, in either order", async () => {
    const site = makeSite();
    const [alice, visitor] = [await loggedIn(site), await visitorWith(site, 'cart', 'apple')];
    for (const order of [
      [alice.cookie, visitor.cookie],
      [visitor.cookie, alice.cookie],
    ])
      expect((await answerTo(site, order)).visit.user?.name).toBe('alice');
  });

  it("spec 4: of two users' sessions the first counts", async () => {
    const site = makeSite();
    const [alice, bob] = [await loggedIn(site), await loggedIn(site, 'bob')];
    expect((await answerTo(site, [bob.cookie, alice.cookie])).visit.user?.name).toBe('bob');
    site.users.disable('bob');
    expect((await answerTo(site, [bob.cookie, alice.cookie])).visit.user?.name).toBe('alice');
  });

  it('S4, S6: a login ends the sessions of other users, a logout those of all, so that nobody is the next one', async () => {
    const site = makeSite();
    const [alice, bob] = [await loggedIn(site), await loggedIn(site, 'bob')];
    const visitor = await visitorWith(site, 'cart', 'apple');
    const form = { login: true, name: 'carol', password: 'carol' };
    await answerTo(site, [alice.cookie, visitor.cookie, bob.cookie], { form });
    expect((await site.records()).map(({ user, data }) => [user?.name, data])).toEqual([
      ['carol', { cart: 'apple' }],
    ]);
    const [first, second] = [await loggedIn(site), await loggedIn(site, 'bob')];
    await answerTo(site, [first.cookie, second.cookie], { form: { logout: true } });
    expect((await site.records()).map(({ user }) => user?.name)).toEqual(['carol']);
  });

  it('a cookie that may begin a session comes before one that opens nothing: its token stays', async () => {
    const site = makeSite();
    const [dead, unused] = [
      USELESS['of a session that is gone'] as () => string,
      USELESS['of a visitor who has stored nothing'] as () => string,
    ];
    const { visit, headers } = await answerTo(site, [dead(), unused()]);
    expect(visit.session.available).toBe(true);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it.each(['before', 'behind'])(
    'S3: one that was just replaced is left alone, whatever opens nothing %s it: its successor is on the way',
    async (where) => {
      const site = makeSite();
      const alice = await loggedIn(site);
      const { cookie: old } = alice;
      await alice.visit({}, (session) => session.rotate());
      for (const useless of Object.values(USELESS)) {
        const order = where === 'before' ? [useless(), old] : [old, useless()];
        const { visit, headers } = await answerTo(site, order);
        expect(visit.session.available).toBe(false);
        expect(headers['set-cookie']).toBeUndefined();
      }
    },
  );

  it('cookies that all open nothing are treated like a single one: refused, and deleted', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    const dead = USELESS['of a session that is gone'] as () => string;
    const { visit, headers } = await answerTo(site, ['rubbish', dead(), dead()]);
    expect(visit.trace[1]?.reason).toBe('refused-unknown');
    expect(headers['set-cookie']).toMatch(/^MOIN_SESSION=; /);
  });

  it('one good cookie costs one look, whatever badly signed ones stand beside it', async () => {
    const site = makeSite();
    const alice = await loggedIn(site);
    expect((await answerTo(site, [alice.cookie])).calls).toEqual(['find']);
    const forged = USELESS['badly signed'] as () => string;
    expect((await answerTo(site, [forged(), 'rubbish', alice.cookie, forged()])).calls).toEqual(['find']);
  });

  it('at most eight are looked at', async () => {
    const site = makeSite();
    const alice = await loggedIn(site);
    const dead = USELESS['of a session that is gone'] as () => string;
    const eighth = await answerTo(site, [...Array.from({ length: 7 }, dead), alice.cookie]);
    expect(eighth.visit.user?.name).toBe('alice');
    const ninth = await answerTo(site, [...Array.from({ length: 8 }, dead), alice.cookie]);
    expect(ninth.visit.user).toBeNull();
    expect(ninth.calls.filter((call) => call === 'find')).toHaveLength(8);
  });
});

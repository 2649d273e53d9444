import { describe, expect, it } from 'vitest';
import type { AuthOption } from '../../../../src/auth/builtin.js';
import type { AuthMethod, Known } from '../../../../src/auth/method.js';
import type { Browser } from '../../../aid/browser.js';
import { byHeader, makeSite, type Site, visitorWith } from '../../../aid/site.js';

const LOGIN = { form: { login: true, name: 'alice', password: 'alice' } };
const AS_ALICE = { headers: { 'x-user': 'alice' } };

const veto: AuthMethod = { name: 'veto', authenticate: () => ({ user: null, continue: true }) };

/** The chain of the tests' site with a veto in it: between login and session, or behind everything. */
const CHAINS: [string, AuthOption[]][] = [
  ['between login and session', [byHeader, 'moin_login', veto, 'moin_session', 'moin_anon_session']],
  ['behind the session', [byHeader, 'moin_login', 'moin_session', veto, 'moin_anon_session']],
  ['at the end', [byHeader, 'moin_login', 'moin_session', 'moin_anon_session', veto]],
];

/** The same browser on the site, but with that chain. */
async function vetoed(site: Site, browser: Browser, auth: AuthOption[], request: object = LOGIN) {
  const strict = makeSite({ store: site.store, users: site.users, clock: () => site.time.now, auth });
  const there = strict.browser();
  there.plant(browser.cookie);
  const before = await site.store.contents();
  const answer = await there.visit(request);
  expect(await site.store.contents()).toEqual(before);
  return answer;
}

describe.each(CHAINS)('S5: a veto %s changes nothing of what the visitor had', (_, auth) => {
  it('S5: a visitor keeps cookie and session, and can use it in the same request', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { user, session, headers } = await vetoed(site, browser, auth);
    expect(user).toBeNull();
    expect(headers['set-cookie']).toBeUndefined();
    expect(session).toMatchObject({ available: true, kind: 'anonymous' });
    expect(session.toJSON()).toEqual({ cart: 'apple' });
    session.set('cart', 'pear');
    expect(await session.save()).toBe('saved');
    expect((await browser.visit()).session.get('cart')).toBe('pear');
  });

  it('S5: so does one who has stored nothing yet', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const { session, headers } = await vetoed(site, browser, auth);
    expect(session.available).toBe(true);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['with a login form', LOGIN],
    ['with a login form of somebody else', { form: { login: true, name: 'bob', password: 'bob' } }],
    ['whom a method establishes', AS_ALICE],
  ])(
    'S5: a user (%s) stays logged in; the session is closed for this request alone',
    async (_how, request) => {
      const site = makeSite();
      const browser = site.browser();
      await browser.logIn('alice');
      await browser.visit({}, (session) => session.set('draft', 'x'));
      const { user, session, headers } = await vetoed(site, browser, auth, request);
      expect(user).toBeNull();
      expect(session).toMatchObject({ available: false, size: 0 });
      expect(headers['set-cookie']).toBeUndefined();
      const next = await browser.visit();
      expect([next.user, next.session.get('draft')]).toEqual(['alice', 'x']);
    },
  );

  it('S5: nor is the session of a user lost whom another method than the cookie establishes (S7)', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit(AS_ALICE);
    await browser.visit(AS_ALICE, (session) => session.set('draft', 'x'));
    const { session, headers } = await vetoed(site, browser, auth, AS_ALICE);
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(headers['set-cookie']).toBeUndefined();
    expect((await browser.visit(AS_ALICE)).session.get('draft')).toBe('x');
  });
});

describe('S5: a login that failed', () => {
  it('S5: leaves the cookie and session of a user whom no method established, and does not open the session', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit(AS_ALICE);
    await browser.visit(AS_ALICE, (session) => session.set('draft', 'x'));
    const { session, headers, reasons } = await browser.logIn('bob', { password: 'wrong' });
    expect(reasons.moin_session).toBe('login-failed');
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(headers['set-cookie']).toBeUndefined();
    expect((await browser.visit(AS_ALICE)).session.get('draft')).toBe('x');
  });

  it("S5: leaves a user's own cookie, though a method establishes another user", async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const request = { headers: { 'x-user': 'bob' }, form: { login: true, name: 'carol', password: 'x' } };
    const { user, headers } = await browser.visit(request);
    expect(user).toBe('bob');
    expect(headers['set-cookie']).toBeUndefined();
    expect((await browser.visit()).user).toBe('alice');
  });

  it.each([
    ['at once', 'findByUser'],
    ['by another login that came first', 'create'],
  ] as const)('S5, S9: denied %s: the user who was there goes on with their own session', async (_, call) => {
    const lenient = makeSite({ onLimit: 'deny' });
    const strict = makeSite({
      store: lenient.store,
      users: lenient.users,
      maxSessionsPerUser: 1,
      onLimit: 'deny',
    });
    const browser = strict.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('draft', 'x'));
    lenient.store.before = async (next) => {
      if (next !== call) return;
      lenient.store.before = () => {};
      await lenient.browser().logIn('alice');
    };
    const { user, session, headers, reasons, visit } = await browser.logIn('alice');
    expect(reasons.moin_session).toBe('login-denied');
    expect(visit.trace[2]?.userAfter?.name).toBe('alice');
    expect([user, session.available, session.get('draft')]).toEqual(['alice', true, 'x']);
    expect(headers['set-cookie']).toBeUndefined();
    expect((await browser.visit()).session.get('draft')).toBe('x');
  });
});

describe('a veto, as later methods see it', () => {
  it('is lifted by a user whom a later method establishes', async () => {
    const seen: Known[] = [];
    const watch: AuthMethod = {
      name: 'watch',
      authenticate(_, known) {
        seen.push(known);
        return { user: known.user, continue: true };
      },
    };
    const site = makeSite({ auth: [{ ...byHeader, name: 'a' }, veto, watch, byHeader, watch] });
    await site.sessions.begin(AS_ALICE);
    expect(seen.map(({ vetoed, user }) => [vetoed, user?.name])).toEqual([
      [true, undefined],
      [false, 'alice'],
    ]);
  });
});

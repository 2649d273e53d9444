import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { passport } from '../../src/index.js';
import { ALICE } from '../aid/route.js';
import { aliceWithSecret, byHeader, makeSite, type Site, visitorWith } from '../aid/site.js';

const LOGIN = { login: true, name: 'alice', password: 'alice' };
const WRONG = { ...LOGIN, password: 'wrong' };
const EVIL = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };

/** A method that establishes this user as a login of its own, as a SAML response does. */
const saml: AuthMethod = {
  name: 'saml',
  authenticate: ({ headers }, { user }) =>
    headers['x-saml'] === undefined
      ? { user, continue: true }
      : { user: { id: `u-${headers['x-saml']}`, name: 'x' }, continue: true, login: true },
};

const vetoing: AuthMethod = { name: 'vetoing', authenticate: () => ({ user: null, continue: true }) };

async function resultAt(site: Site, request: Parameters<Site['sessions']['begin']>[0]) {
  return (await site.browser().begin(request)).loginResult;
}

describe('visit.loginResult (spec 5)', () => {
  it('none for a page view, a logout, and a user whom a method establishes at each request', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    expect((await browser.begin()).loginResult).toBe('none');
    expect((await browser.begin({ form: { logout: true } })).loginResult).toBe('none');
    expect(await resultAt(site, { headers: { 'x-user': 'alice' } })).toBe('none');
    expect(await resultAt(site, { headers: { 'x-user': 'nobody' } })).toBe('none');
  });

  it('S4: accepted by a form, by a method, by a route', async () => {
    const site = makeSite({ auth: [saml, 'moin_login', 'moin_session'] });
    expect(await resultAt(site, { form: LOGIN })).toBe('accepted');
    expect(await resultAt(site, { ...EVIL, headers: { ...EVIL.headers, 'x-saml': 'alice' } })).toBe(
      'accepted',
    );
    const visit = await site.browser().begin();
    await visit.logIn(ALICE);
    expect(visit.loginResult).toBe('accepted');
  });

  it('S5: failed for a wrong password, also of a visitor and of somebody who is logged in already', async () => {
    const site = makeSite();
    expect(await resultAt(site, { form: WRONG })).toBe('failed');
    expect(await resultAt(site, { form: { login: true } })).toBe('failed');
    const browser = await aliceWithSecret(site);
    const visit = await browser.begin({ form: WRONG });
    expect(visit).toMatchObject({ loginResult: 'failed', user: { name: 'alice' } });
    const basic = { headers: { 'x-user': 'bob' }, form: WRONG };
    expect(await (await visitorWith(site, 'a', 'b')).begin(basic)).toMatchObject({
      loginResult: 'failed',
      user: { name: 'bob' },
    });
  });

  it.each([
    ['in front of', [byHeader, 'moin_login', vetoing, 'moin_session']],
    ['behind', [byHeader, 'moin_login', 'moin_session', vetoing]],
  ] as const)('S5: failed where a method %s moin_session vetoes', async (_, auth) => {
    const site = makeSite({ auth: auth as never });
    expect(await resultAt(site, { form: LOGIN })).toBe('failed');
    expect(await site.records()).toEqual([]);
  });

  it('S10: failed where a method behind moin_session establishes another user', async () => {
    const other: AuthMethod = {
      name: 'other',
      authenticate: () => ({ user: { id: 'u-bob', name: 'bob' }, continue: true }),
    };
    const site = makeSite({ auth: ['moin_login', 'moin_session', other] });
    expect(await resultAt(site, { form: LOGIN })).toBe('failed');
  });

  it('spec 3: failed where a strategy of passport rejects, also without a form', async () => {
    const strategy = {
      authenticate(this: { fail(status: number): void }) {
        this.fail(401);
      },
    };
    const rejecting = passport(strategy as never, { when: ({ url }) => url === '/callback' });
    const site = makeSite({ auth: [rejecting, 'moin_login', 'moin_session'] });
    expect(await resultAt(site, { url: '/callback' })).toBe('failed');
    const visit = await (await aliceWithSecret(site)).begin({ url: '/callback' });
    expect(visit).toMatchObject({ loginResult: 'failed', user: { name: 'alice' } });
    expect(site.events.at(-1)).toMatchObject({
      event: 'login-failed',
      method: 'passport',
      reason: 'rejected',
    });
    const quiet = [passport(strategy as never, { when: () => true, login: false }), 'moin_session'] as const;
    expect(await resultAt(makeSite({ auth: quiet }), {})).toBe('none');
  });

  it('S9: denied at the limit, also when it is reached while the login is under way', async () => {
    const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' });
    const attempts = [1, 2, 3].map(() => site.browser().begin({ form: LOGIN }));
    const results = (await Promise.all(attempts)).map(({ loginResult }) => loginResult);
    expect(results.sort()).toEqual(['accepted', 'denied', 'denied']);
    expect(await resultAt(site, { form: LOGIN })).toBe('denied');
  });

  it('cross-site for a login form of another site, and none for its logout form', async () => {
    const site = makeSite();
    expect(await resultAt(site, { ...EVIL, form: LOGIN })).toBe('cross-site');
    expect(await resultAt(site, { ...EVIL, form: { logout: true } })).toBe('none');
    expect(await resultAt(site, EVIL)).toBe('none');
  });

  it('accepted in a chain without a session method: the user is known for this request', async () => {
    const site = makeSite({ auth: ['moin_login'] });
    expect(await resultAt(site, { form: LOGIN })).toBe('accepted');
    expect(await resultAt(site, { form: WRONG })).toBe('failed');
  });
});

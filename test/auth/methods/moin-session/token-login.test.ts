import { describe, expect, it } from 'vitest';
import type { TokenSession } from '../../../../src/auth/auth-context.js';
import type { NamedUser } from '../../../../src/auth/auth-user.js';
import type { AuthMethod } from '../../../../src/auth/method.js';
import { HOUR } from '../../../../src/base/clock.js';
import { ConfigurationError } from '../../../../src/base/errors.js';
import type { SessionsOptions } from '../../../../src/config/options.js';
import { createSessions } from '../../../../src/sessions.js';
import { onlyRecord } from '../../../aid/records.js';
import { byHeader, makeSite, SECRET, START } from '../../../aid/site.js';
import { WatchedStore } from '../../../aid/watched-store.js';

const ALICE = { id: 'u-alice', name: 'alice' };

/** What the last request opened. */
let opened: TokenSession;

/** Opens, by the header `x-token`, what a function of the test says. */
function opening(
  open: (...args: Parameters<AuthMethod['authenticate']>) => TokenSession | Promise<TokenSession>,
) {
  const method: AuthMethod = {
    name: 'provider',
    async authenticate(request, known, site) {
      opened = await open(request, known, site);
      request.session = opened.session;
      return { ...opened, continue: false };
    },
  };
  return method;
}

/** Logs this user in at each request. */
const loggingIn = (user: object) =>
  opening((_request, _known, site) => site.context.logIn(user as NamedUser));

/** Opens the token in `x-token` for the user known before; logs in without one. */
const byToken = opening(({ headers }, { user }, { context }) =>
  headers['x-token'] === undefined
    ? context.logIn(user ?? ALICE)
    : context.restore(String(headers['x-token']), user),
);

/** Names alice as somebody who has logged out. */
const loggedOut: AuthMethod = {
  name: 'logged_out',
  authenticate: () => ({ user: { ...ALICE, valid: false }, continue: true }),
};

const named = (events: readonly { event: string }[]) => events.map(({ event }) => event);
const siteOf = (method: AuthMethod, options: SessionsOptions = {}) =>
  makeSite({ auth: [method], ...options });

describe('a login by site.context.logIn without a form', () => {
  it('S4: is a login: accepted, and the event login goes out once, with the session’s id', async () => {
    const site = siteOf(loggingIn(ALICE));
    const { visit, session } = await site.browser().visit();
    expect(visit.loginResult).toBe('accepted');
    expect(site.events.filter(({ event }) => event.startsWith('login'))).toMatchObject([
      { event: 'login', id: session.id, kind: 'user', user: 'alice', method: 'provider' },
    ]);
  });

  it('S9: denied, and at once: one login, and login-failed for each other one', async () => {
    const site = siteOf(loggingIn(ALICE), { maxSessionsPerUser: 1, onLimit: 'deny' });
    const visits = await Promise.all([1, 2].map(() => site.browser().visit()));
    visits.push(await site.browser().visit());
    expect(visits.map(({ visit }) => visit.loginResult).sort()).toEqual(['accepted', 'denied', 'denied']);
    const logins = named(site.events).filter((event) => event.startsWith('login'));
    expect(logins.sort()).toEqual(['login', 'login-failed', 'login-failed']);
  });

  it('that fails while the directory is asked is login-failed with the reason error', async () => {
    const site = siteOf(loggingIn(ALICE));
    site.users.findById = () => Promise.reject(new Error('no directory'));
    await expect(site.browser().visit()).rejects.toThrow('no directory');
    expect(site.events).toMatchObject([{ event: 'login-failed', reason: 'error' }]);
  });

  it('a token that is restored is no login', async () => {
    const site = siteOf(byToken);
    await site.browser().visit();
    const { visit } = await site.browser().visit({ headers: { 'x-token': String(opened.token) } });
    expect(visit).toMatchObject({ user: { name: 'alice' }, loginResult: 'none' });
    expect(named(site.events)).toEqual(['created', 'login', 'restored']);
  });

  it('spec 3: { id, name } is enough: the method is the one that asks', async () => {
    const site = siteOf(loggingIn(ALICE));
    await site.browser().visit();
    expect((await onlyRecord(site.store)).user).toEqual({ ...ALICE, method: 'provider' });
  });

  it('spec 3: a label of the method stays, and without a directory the further fields are visit.user’s', async () => {
    const user = { id: '17', name: 'Zoë', method: 'provider:staff', roles: ['editor'] };
    const store = new WatchedStore();
    const sessions = createSessions({ store, secrets: SECRET, auth: [loggingIn(user)] });
    const visit = await sessions.begin({});
    await visit.commit();
    expect(visit.user).toEqual(user);
    const { roles: _, ...owner } = user;
    expect((await onlyRecord(store)).user).toEqual(owner);
  });

  it.each([
    ['who has logged out', { ...ALICE, valid: false }, 'who has logged out (valid: false)'],
    ['without a name', { id: 'u-alice' }, 'must give context.logIn a user {id, name}, both as strings'],
    ['who is none', null, 'must give context.logIn a user'],
    ['of another chain', { ...ALICE, method: 'ldap' }, '"ldap", but \'auth\' has none of this name'],
  ])(
    'spec 3: a user %s is a configuration error that names the method; nothing is saved',
    async (_, user, message) => {
      const site = siteOf(loggingIn(user as object));
      const failed = site.browser().visit();
      await expect(failed).rejects.toThrow(ConfigurationError);
      await expect(failed).rejects.toThrow('auth method provider');
      await expect(failed).rejects.toThrow(message);
      expect(await site.records()).toEqual([]);
    },
  );
});

describe('site.context.restore', () => {
  it('S6: a user who has logged out is not established: the token identifies its own user', async () => {
    const site = makeSite({ auth: [byHeader, byToken] });
    await site.browser().visit({ headers: { 'x-user': 'bob' } });
    const headers = { 'x-token': String(opened.token) };
    const { store, users } = site;
    const behind = makeSite({ store, users, auth: [byHeader, loggedOut, byToken] });
    expect((await behind.browser().visit({ headers })).user).toBe('bob');
  });

  it('S8: says when the token expires, with a record and without one', async () => {
    const visitor = opening(({ headers }, _known, { context }) =>
      headers['x-token'] === undefined ? context.visitor() : context.restore(String(headers['x-token'])),
    );
    const site = siteOf(visitor);
    await site.browser().visit();
    const { token, tokenExpires } = opened;
    expect(tokenExpires).toEqual(new Date(START + 2 * HOUR));
    const headers = { 'x-token': String(token) };
    site.pass(HOUR);
    const { session } = await site.browser().visit({ headers });
    expect([session.available, opened.tokenExpires]).toEqual([true, new Date(START + 3 * HOUR)]);
    await site.browser().visit({ headers }, (values) => values.set('a', 1));
    site.pass(1);
    await site.browser().visit({ headers });
    expect(opened.tokenExpires).toEqual(
      (await site.records()).map(({ cookieExpires }) => new Date(cookieExpires))[0],
    );
  });

  it('S7: a visitor’s session that a user takes over is reported as restored, as with the cookie', async () => {
    const reported = [];
    for (const last of ['moin_session' as const, byToken]) {
      const site = makeSite();
      const browser = site.browser();
      await browser.visit();
      await browser.visit({}, (session) => session.set('cart', 'tea'));
      const { store, users } = site;
      const proxied = makeSite({ store, users, auth: [byHeader, last] });
      const cookie = `MOIN_SESSION=${browser.cookie}`;
      const headers = { 'x-user': 'alice', 'x-token': String(browser.cookie), cookie };
      const visit = await proxied.sessions.begin({ headers });
      expect(visit.session.get('cart')).toBe('tea');
      reported.push(proxied.events.map(({ event, kind }) => `${event} ${kind}`));
    }
    expect(reported).toEqual([['restored anonymous'], ['restored anonymous']]);
  });
});

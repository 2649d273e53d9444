import { expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { createSessions } from '../../src/sessions.js';
import { simulate } from '../../src/simulate.js';
import { changeBack, changeUser } from '../../src/visit/change-user.js';
import { Browser } from '../aid/browser.js';
import { makeSite, SECRET, type Site, simulateOptions } from '../aid/site.js';
import { WatchedStore } from '../aid/watched-store.js';

const ALICE = { id: 'u-alice', name: 'alice', method: 'moin_login' };

/** A site where alice has these fields. */
function siteWith(fields: object, options: Parameters<typeof makeSite>[0] = {}): Site {
  const site = makeSite(options);
  site.users.give('alice', fields);
  return site;
}

/** An own method that names a user and gives more of them. */
const naming = (user: object): AuthMethod => ({
  name: 'naming',
  authenticate: () => ({ user: { id: 'u-alice', name: 'alice', ...user }, continue: true }),
});

it('spec 5: a login, and each request after it, gets the fields that the directory has now', async () => {
  const site = siteWith({ roles: ['editor'], locale: 'de' });
  const browser = site.browser();
  const { visit } = await browser.logIn('alice');
  expect(visit.user).toEqual({ ...ALICE, roles: ['editor'], locale: 'de' });
  expect(visit.realUser).toEqual(visit.user);
  site.users.give('alice', { roles: ['reader'] });
  expect((await browser.visit()).visit.user).toEqual({ ...ALICE, roles: ['reader'], locale: 'de' });
});

it('S7: a user without a login gets the fields too', async () => {
  const site = siteWith({ roles: ['editor'] });
  const { visit } = await site.browser().visit({ headers: { 'x-user': 'alice' } });
  expect(visit.user).toEqual({ ...ALICE, method: 'by_header', roles: ['editor'] });
});

it('the fields are neither in the record, the trace, the events nor what `simulate` shows', async () => {
  const site = siteWith({ roles: ['field-value'] });
  const browser = site.browser();
  await browser.logIn('alice');
  const { visit } = await browser.visit({}, (session) => session.set('a', 1));
  expect(visit.user).toHaveProperty('roles');
  const headers = { cookie: `MOIN_SESSION=${browser.cookie}` };
  const simulation = await simulate(simulateOptions(site), { request: { headers } });
  expect(simulation.requests[0]?.user).toEqual(ALICE);
  const seen = [await site.store.contents(), visit.trace, site.events, simulation];
  expect(JSON.stringify(seen)).not.toContain('field-value');
});

it('spec 5: after a change of user the fields are those of the target; the real user keeps the own ones', async () => {
  const site = siteWith({ roles: ['admin'], phone: '1' }, { superuser: ['alice'] });
  site.users.give('bob', { roles: ['editor'] });
  const users = site.users;
  const changing = makeSite({ store: site.store, users, superuser: ['alice'] });
  const browser = changing.browser();
  await browser.logIn('alice');
  const visit = await browser.begin();
  await changeUser(visit, 'bob');
  const bob = { id: 'u-bob', name: 'bob', method: 'setuid', roles: ['editor'] };
  expect(visit.user).toEqual(bob);
  browser.receive(await visit.commit());
  const next = await browser.begin();
  expect(next.user).toEqual(bob);
  expect(next.realUser).toEqual({ ...ALICE, roles: ['admin'], phone: '1' });
  await changeBack(next);
  expect(next.user).toEqual({ ...ALICE, roles: ['admin'], phone: '1' });
});

it('a field cannot replace id, name or method, nor show what the library or a password is', async () => {
  const hostile = JSON.parse(
    '{"method":"root","valid":false,"passwordHash":"x","Old_Password":"x","toString":"s"}',
  );
  const site = siteWith({ ...hostile, disabled: false });
  site.users.give('alice', { ['__proto__']: { value: 1 } });
  const { visit } = await site.browser().logIn('alice');
  expect(Object.entries(visit.user ?? {})).toEqual([['toString', 's'], ...Object.entries(ALICE)]);
  expect(Object.getPrototypeOf(visit.user)).toBe(Object.prototype);
});

it('only own fields count: a polluted Object.prototype gives nobody a role', async () => {
  Object.assign(Object.prototype, { roles: ['admin'] });
  try {
    const { visit } = await makeSite().browser().logIn('alice');
    expect(Object.hasOwn(visit.user ?? {}, 'roles')).toBe(false);
  } finally {
    delete (Object.prototype as { roles?: unknown }).roles;
  }
});

it('a getter that throws fails the request, as an error of the directory does', async () => {
  const site = siteWith({});
  const browser = site.browser();
  await browser.logIn('alice');
  const roles = {
    configurable: true,
    enumerable: true,
    get() {
      throw new Error('the role server is down');
    },
  };
  const found = await site.users.findById('u-alice');
  Object.defineProperty(found, 'roles', roles);
  await expect(browser.begin()).rejects.toThrow('the role server is down');
});

it('large fields are passed on by reference', async () => {
  const roles = Array.from({ length: 1_000_000 }, () => 'r');
  const { visit } = await siteWith({ roles }).browser().logIn('alice');
  expect((visit.user as { roles?: unknown } | null)?.roles).toBe(roles);
});

it('with a directory the fields of an auth method do not count', async () => {
  const site = makeSite({ auth: [naming({ roles: ['admin'] }), 'moin_session'] });
  const { visit } = await site.browser().visit();
  expect(visit.user).toEqual({ ...ALICE, method: 'naming' });
});

it('without a directory the fields of the method count, in its own request alone', async () => {
  const store = new WatchedStore();
  const options = { store, secrets: SECRET };
  const once = naming({ roles: ['admin'], method: 'naming:ldap' });
  const asked: AuthMethod = {
    name: 'naming',
    authenticate: (request, known, site) =>
      known.login ? once.authenticate(request, known, site) : { user: known.user, continue: true },
  };
  const sessions = createSessions({ ...options, auth: [asked, 'moin_session'] });
  const login = await sessions.begin({ form: { login: true } });
  const owner = { ...ALICE, method: 'naming:ldap' };
  expect(login.user).toEqual({ ...owner, roles: ['admin'] });
  expect(JSON.stringify(login.trace)).not.toContain('admin');
  const cookie = String((await login.commit())['set-cookie']).split(';')[0];
  expect((await sessions.begin({ headers: { cookie } })).user).toEqual(owner);
  expect(JSON.stringify(await store.contents())).not.toContain('admin');
});

it('S7: without a directory the method’s fields count at each request, with a record and without one', async () => {
  const store = new WatchedStore();
  const auth = [naming({ roles: ['admin'] }), 'moin_session' as const];
  const browser = new Browser(createSessions({ store, secrets: SECRET, auth }));
  for (const value of [1, 2, 3, 4]) {
    const { visit } = await browser.visit({}, (session) => session.available && session.set('a', value));
    expect(visit.user).toEqual({ ...ALICE, method: 'naming', roles: ['admin'] });
  }
  expect(await store.contents()).toHaveLength(1);
});

it('without a directory the fields of one user do not go to the next one', async () => {
  const bob: AuthMethod = {
    name: 'bob',
    authenticate: () => ({ user: { id: 'u-bob', name: 'bob' }, continue: true }),
  };
  const auth = [naming({ roles: ['admin'] }), bob];
  const visit = await createSessions({ store: new WatchedStore(), secrets: SECRET, auth }).begin({});
  expect(visit.user).toEqual({ id: 'u-bob', name: 'bob', method: 'bob' });
});

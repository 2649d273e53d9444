import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { ChangeUserError, changeUser } from '../../src/visit/change-user.js';
import type { Browser } from '../aid/browser.js';
import { byHeader, makeSite, type Site } from '../aid/site.js';

/** Logs alice in without a form, as an identity provider does. */
const provider: AuthMethod = {
  name: 'provider',
  async authenticate({ url }, { user }, { users }) {
    if (url !== '/callback') return { user, continue: true };
    await users?.findById('u-alice');
    return { user: { id: 'u-alice', name: 'alice' }, continue: true, login: true };
  },
};

let site: Site;
let browser: Browser;
let asked: string[];

/** Counts the questions to the directory. */
function watch({ users }: Site): string[] {
  const calls: string[] = [];
  for (const method of ['findById', 'findByName'] as const) {
    const own = users[method].bind(users);
    users[method] = (key) => {
      calls.push(`${method} ${key}`);
      return own(key);
    };
  }
  return calls;
}

beforeEach(async () => {
  site = makeSite({ userCache: 10, superuser: ['alice'], auth: [provider, 'moin_login', 'moin_session'] });
  asked = watch(site);
  browser = site.browser();
  await browser.logIn('alice');
  asked.splice(0);
});

describe('option userCache', () => {
  it('S3: requests share one answer, and a disabled user is out within its seconds', async () => {
    await browser.visit();
    site.users.disable('alice');
    site.pass(9_999);
    expect((await browser.visit()).user).toBe('alice');
    expect(asked).toEqual(['findById u-alice']);
    site.pass(1);
    expect((await browser.visit()).reasons.moin_session).toBe('refused-user');
  });

  it('spec 5: what a request changes in the fields of its user reaches no other request', async () => {
    const since = new Date(0);
    const entry = { id: 'u-alice', name: 'alice', roles: ['reader', { of: ['news'] }], since };
    site.users.findById = async () => entry;
    const fields = async () => (await browser.visit()).visit.user as unknown as typeof entry;
    const first = await fields();
    first.roles.push('admin');
    (first.roles[1] as { of: string[] }).of.push('all');
    expect(await fields()).toMatchObject({ roles: ['reader', { of: ['news'] }] });
    // An object of a class is the directory's own.
    expect(first.since).toBe(since);
  });

  it('S3: without it a disabled user is out at the next request', async () => {
    const plain = makeSite();
    const other = plain.browser();
    await other.logIn('alice');
    await other.visit();
    plain.users.disable('alice');
    expect((await other.visit()).user).toBeNull();
  });

  it('S4: a login reads past it, by a form and by a method that looked before', async () => {
    await browser.visit();
    site.users.disable('alice');
    asked.splice(0);
    expect((await site.browser().logIn('alice')).user).toBeNull();
    expect(asked).toEqual(['findByName alice']);
    const { user, reasons } = await site.browser().visit({ url: '/callback' });
    expect(user).toBeNull();
    expect(reasons.provider).toBe('disabled-user');
  });

  it('S4: a login of a user whom an earlier method took from it reads past it, too', async () => {
    const confirm: AuthMethod = {
      name: 'confirm',
      authenticate: ({ url }, { user }) => ({ user, continue: true, login: url === '/confirm' }),
    };
    const proxied = makeSite({ userCache: 10, auth: [byHeader, confirm, 'moin_session'] });
    const headers = { 'x-user': 'alice' };
    await proxied.browser().visit({ headers });
    proxied.users.disable('alice');
    const { reasons } = await proxied.browser().visit({ headers, url: '/confirm' });
    expect(reasons.moin_session).toBe('login-failed');
    expect(await proxied.records()).toEqual([]);
    proxied.users.add('alice');
    proxied.pass(10_000);
    expect((await proxied.browser().visit({ headers, url: '/confirm' })).reasons.moin_session).toBe('login');
  });

  it('what a login has read counts for the other sessions from then on', async () => {
    await browser.visit();
    site.users.disable('alice');
    await site.browser().visit({ url: '/callback' });
    expect((await browser.visit()).user).toBeNull();
  });

  it('what a login from a route has read counts for the other sessions, too', async () => {
    await browser.visit();
    site.users.disable('alice');
    const visit = await site.browser().begin();
    expect(await visit.logIn({ id: 'u-alice' })).toBe('failed');
    expect((await browser.visit()).user).toBeNull();
  });

  it('`endUser` drops the user from it', async () => {
    const other = site.browser();
    await other.logIn('alice');
    const { session } = await other.visit();
    site.users.disable('alice');
    await site.sessions.endUser('u-alice', { except: session.id });
    expect((await other.visit()).reasons.moin_session).toBe('refused-user');
  });

  it('a change of user reads past it', async () => {
    const visit = await browser.begin();
    site.users.rename('alice', 'formerly-alice');
    await expect(changeUser(visit, 'bob')).rejects.toThrow(ChangeUserError);
  });

  it('the fields of a user come from it, too', async () => {
    site.users.give('alice', { roles: ['editor'] });
    await browser.visit();
    expect((await browser.visit()).visit.user).toHaveProperty('roles', ['editor']);
    expect(asked).toEqual(['findById u-alice']);
  });
});

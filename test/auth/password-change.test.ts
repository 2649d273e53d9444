import { describe, expect, it } from 'vitest';
import { httpBasic } from '../../src/auth/methods/http-basic.js';
import type { AuthMethod, Sessions } from '../../src/index.js';
import { simulate } from '../../src/simulate.js';
import { OwnDirectory } from '../../src/users/own-directory.js';
import type { Browser } from '../aid/browser.js';
import { ChangingUsers } from '../aid/password-change.js';
import { makeSite, SECRET, START, visitorWith } from '../aid/site.js';
import { WatchedStore } from '../aid/watched-store.js';

const LOGIN = { form: { login: true, name: 'bob', password: 'bob' } };

function siteOf(users: ChangingUsers, options: Parameters<typeof makeSite>[0] = {}) {
  return makeSite({ users, ...options });
}

/** As `users passwd` does: the password first, then the sessions. */
async function change(users: ChangingUsers, sessions: Sessions): Promise<void> {
  users.changePassword();
  await sessions.endUser('u-bob');
}

/** A login of bob in whose password check the password changes. */
async function overtaken(browser: Browser, users: ChangingUsers, sessions: Sessions) {
  const open = users.holdChecks();
  const login = browser.visit(LOGIN);
  await users.held;
  await change(users, sessions);
  open();
  return login;
}

describe('S4: a password that changes while a login with the old one is under way', () => {
  it('S4, S5: the login fails, opens nothing, and the visitor keeps what they had', async () => {
    const users = new ChangingUsers();
    const site = siteOf(users);
    const browser = await visitorWith(site, 'basket', 'pear');
    const before = browser.cookie;
    const { visit, user, session, reasons, sent } = await overtaken(browser, users, site.sessions);
    expect([user, visit.loginResult, reasons.moin_session]).toEqual([null, 'failed', 'login-failed']);
    expect([sent, browser.cookie, session.get('basket')]).toEqual([null, before, 'pear']);
    expect((await site.records()).map((record) => record.user)).toEqual([null]);
    expect((await browser.visit()).session.get('basket')).toBe('pear');
  });

  it('spec 7: it is one login-failed, and neither event nor trace holds the stamp', async () => {
    const users = new ChangingUsers();
    const site = siteOf(users);
    const { visit } = await overtaken(site.browser(), users, site.sessions);
    const ofLogin = site.events.filter(({ event }) => event.startsWith('login') || event === 'created');
    expect(ofLogin).toEqual([
      expect.objectContaining({
        event: 'login-failed',
        user: 'bob',
        method: 'moin_login',
        reason: 'rejected',
      }),
    ]);
    expect(JSON.stringify([visit.trace, site.events, await site.records()])).not.toContain('u-bob 0');
  });

  it('S4: a change before the second question is seen, one behind it finds the record: no order lets the old one in', async () => {
    for (const moment of ['before', 'behind'] as const) {
      const users = new ChangingUsers();
      const site = siteOf(users);
      users.onStamp = async () => {
        if (users.asked.length !== 2) return;
        // The record lies in the store already.
        expect((await site.records()).map(({ user }) => user?.id)).toEqual(['u-bob']);
        if (moment === 'before') await change(users, site.sessions);
      };
      const browser = site.browser();
      await browser.visit(LOGIN);
      if (moment === 'behind') await change(users, site.sessions);
      expect((await browser.visit()).user, moment).toBeNull();
    }
  });

  it("S9: the login that is taken back ends none of the user's other sessions", async () => {
    const users = new ChangingUsers();
    const site = siteOf(users, { maxSessionsPerUser: 1 });
    const other = site.browser();
    await other.visit(LOGIN);
    const open = users.holdChecks();
    const login = site.browser().visit(LOGIN);
    await users.held;
    users.changePassword();
    open();
    expect((await login).user).toBeNull();
    expect((await other.visit()).user).toBe('bob');
  });

  it('S4: a login whose password did not change asks twice, and a request by cookie never', async () => {
    const users = new ChangingUsers();
    const browser = siteOf(users).browser();
    expect((await browser.visit(LOGIN)).user).toBe('bob');
    expect(users.asked).toEqual(['u-bob', 'u-bob']);
    await browser.visit();
    expect(users.asked).toHaveLength(2);
  });

  it('spec 3: a name that nobody has costs a question, too, and takes no other time', async () => {
    const users = new ChangingUsers();
    await siteOf(users)
      .browser()
      .visit({ form: { ...LOGIN.form, name: 'nobody' } });
    expect(users.asked).toEqual(['']);
  });

  it('S4: a directory that fails at the second question leaves no login behind', async () => {
    const users = new ChangingUsers();
    const site = siteOf(users);
    users.onStamp = async () => {
      if (users.asked.length === 2) throw new Error('down');
    };
    await expect(site.browser().visit(LOGIN)).rejects.toThrow('down');
    expect(await site.records()).toEqual([]);
  });

  it('S4: a method of the site that checks by site.users is covered, with its tokens', async () => {
    const users = new ChangingUsers();
    const bearer: AuthMethod = {
      name: 'bearer',
      async authenticate(request, { user, login, name, password }, { users: directory, context }) {
        const entry = login ? await directory?.findByName(name) : null;
        if (!entry || !(await directory?.verifyPassword(entry, password))) return { user, continue: true };
        const { session, ...answer } = await context.logIn(entry);
        request.session = session;
        return { ...answer, continue: false };
      },
    };
    const site = siteOf(users, { auth: [bearer, 'moin_login', 'moin_session'] });
    const { visit, user } = await overtaken(site.browser(), users, site.sessions);
    expect([user, visit.loginResult, await site.records()]).toEqual([null, 'failed', []]);
  });

  it('S4: a login form beside the right old password in HTTP Basic', async () => {
    const users = new ChangingUsers();
    const site = siteOf(users, { auth: [httpBasic(), 'moin_session'] });
    const headers = { authorization: `Basic ${Buffer.from('bob:bob').toString('base64')}` };
    const open = users.holdChecks();
    const login = site.browser().visit({ ...LOGIN, headers });
    await users.held;
    await change(users, site.sessions);
    open();
    expect((await login).user).toBeNull();
    expect(await site.records()).toEqual([]);
  });

  it('spec 7: simulate says who would be logged in, and writes nothing', async () => {
    const users = new ChangingUsers();
    const store = new WatchedStore();
    const options = { store, users, secrets: SECRET, clock: () => START };
    const { requests } = await simulate(options, { request: { ...LOGIN, method: 'POST' } });
    expect(requests.map(({ user }) => user?.name)).toEqual(['bob']);
    expect(users.asked).toEqual(['u-bob', 'u-bob']);
    expect(await store.contents()).toEqual([]);
  });
});

describe('S3: what else happens to a user while a login is under way', () => {
  it.each([
    ['disabled', (users: ChangingUsers) => users.disable('bob'), null],
    ['removed', (users: ChangingUsers) => users.remove('bob'), null],
    ['renamed', (users: ChangingUsers) => users.rename('bob', 'robert'), 'robert'],
  ])('S3: the user is %s: the next request tells', async (_, act, after) => {
    for (const HasStamps of [true, false]) {
      const users = new ChangingUsers();
      if (!HasStamps) Object.assign(users, { passwordStamp: undefined });
      const { browser: browserAt } = siteOf(users);
      const browser = browserAt();
      const open = users.holdChecks();
      const login = browser.visit(LOGIN);
      await users.held;
      act(users);
      open();
      await login;
      expect((await browser.visit()).user).toBe(after);
    }
  });
});

describe('a directory of the site with stamps of its own', () => {
  it.each([undefined, null])('spec 3: %s is no stamp, and the login is not asked again', async (stamp) => {
    const users = Object.assign(new ChangingUsers(), { passwordStamp: async () => stamp as null });
    expect((await siteOf(users).browser().visit(LOGIN)).user).toBe('bob');
  });

  it('spec 3: a stamp that cannot be compared, such as a Date, is an error that says so', async () => {
    const users = Object.assign(new ChangingUsers(), { passwordStamp: async () => new Date(0) as never });
    await expect(siteOf(users).browser().visit(LOGIN)).rejects.toThrow(
      'passwordStamp of the user directory gives a value of type object: return text or null',
    );
    expect(await new OwnDirectory(new ChangingUsers()).passwordStamp('nobody')).toBeNull();
  });

  it('spec 3: a passwordStamp that is no function is refused at the start', () => {
    const users = Object.assign(new ChangingUsers(), { passwordStamp: 'abc' as never });
    expect(() => siteOf(users)).toThrow('passwordStamp of option users must be a function, or be left out');
  });
});

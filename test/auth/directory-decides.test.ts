import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthMethod, AuthUser } from '../../src/auth/method.js';
import { passport } from '../../src/auth/methods/passport/method.js';
import type { PassportStrategy } from '../../src/auth/methods/passport/strategy.js';
import { createSessions } from '../../src/sessions.js';
import { MemoryStore } from '../../src/store/memory.js';
import { ChangeUserError, changeUser } from '../../src/visit/change-user.js';
import { makeSite, SECRET, type Site } from '../aid/site.js';

/** What a profile or an own method brings from outside: an id, and a name at its own choice. */
type Outside = Pick<AuthUser, 'id' | 'name'>;

const strategy = (profile: Outside): PassportStrategy => ({
  authenticate(this: { success: (profile: object) => void }) {
    this.success(profile);
  },
});

const own = (user: Outside, login: boolean): AuthMethod => ({
  name: 'own',
  authenticate: () => ({ user, continue: true, login }),
});

/** Every way into the chain, with the user that it brings. */
const WAYS: [string, (user: Outside) => AuthMethod, object][] = [
  ['passport, on a login', (user) => passport(strategy(user)), { form: { login: true } }],
  ['passport, on every request', (user) => passport(strategy(user), { when: () => true, login: false }), {}],
  ['an own method that logs in', (user) => own(user, true), {}],
  ['an own method, on a login form', (user) => own(user, false), { form: { login: true } }],
  ['an own method (S7)', (user) => own(user, false), {}],
];

describe.each(WAYS)('the directory decides who it is (spec 5): %s', (_, method, request) => {
  let site: Site;
  let options: object;

  beforeEach(() => {
    site = makeSite();
    site.users.add('AdminUser');
    options = { store: site.store, users: site.users, superuser: ['AdminUser'] };
  });

  const siteOf = (user: Outside) => makeSite({ ...options, auth: [method(user), 'moin_session'] });

  it('spec 5: a display name makes no superuser', async () => {
    const outside = { id: 'u-alice', name: 'AdminUser' };
    const browser = siteOf(outside).browser();
    for (const page of ['first', 'next', 'third']) {
      const visit = await browser.begin(request);
      expect([page, visit.user?.name]).toEqual([page, 'alice']);
      await expect(changeUser(visit, 'bob')).rejects.toThrow(ChangeUserError);
      browser.receive(await visit.commit());
    }
  });

  it("spec 5: the name is the directory's, in the first request, the record and the trace", async () => {
    const browser = siteOf({ id: 'u-alice', name: 'Alice Example' }).browser();
    await browser.visit();
    const { user, visit } = await browser.visit(request, (session) => session.set('draft', 'x'));
    expect(user).toBe('alice');
    expect(visit.trace[0]?.userAfter).toMatchObject({ id: 'u-alice', name: 'alice' });
    expect((await site.records()).map((record) => record.user?.name)).toEqual(['alice']);
  });

  it.each([
    ['does not know', 'u-mallory', 'unknown-user', /nobody with the id of Mallory/],
    ['has disabled', 'u-bob', 'disabled-user', /the user bob is disabled/],
  ])('S3: whom the directory %s is not logged in', async (_what, id, reason, text) => {
    site.users.disable('bob');
    const browser = siteOf({ id, name: 'Mallory' }).browser();
    const { user, visit, session } = await browser.visit(request, (session) => session.set('draft', 'x'));
    expect(user).toBeNull();
    expect(session.kind).toBe('anonymous');
    expect(visit.trace[0]).toMatchObject({ reason, userAfter: null, text: expect.stringMatching(text) });
    expect(browser.cookie ?? '').not.toMatch(/^user/);
    expect(await site.records()).toEqual([]);
  });
});

describe('the directory decides (spec 5)', () => {
  it('S5: a refused user does not take away the user established before', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const auth = ['moin_login' as const, passport(strategy({ id: 'x', name: 'X' })), 'moin_session' as const];
    const strict = makeSite({ store: site.store, users: site.users, auth });
    const headers = { cookie: `MOIN_SESSION=${browser.cookie}` };
    const visit = await strict.sessions.begin({ headers, form: { login: true } });
    expect(visit.user?.name).toBe('alice');
    expect(visit.trace.map(({ reason }) => reason)).toEqual(['rejected', 'unknown-user', 'login-failed']);
  });

  it('S5: a user whom the directory does not know is no login of the user whom another method established', async () => {
    const site = makeSite({
      auth: [
        own({ id: 'u-alice', name: 'alice' }, false),
        passport(strategy({ id: 'x', name: 'X' })),
        'moin_session',
      ],
    });
    const { user, reasons } = await site.browser().visit({ form: { login: true } });
    expect(user).toBe('alice');
    expect(reasons).toMatchObject({ passport: 'unknown-user', moin_session: 'login-failed' });
    expect(await site.records()).toEqual([]);
  });

  it('S3: disabled: 1, as a data base gives a boolean, is disabled', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('bob');
    site.users.give('bob', { disabled: 1 });
    expect((await browser.visit()).user).toBeNull();
    expect((await site.browser().logIn('bob')).user).toBeNull();
    site.users.give('bob', { disabled: 0 });
    expect((await site.browser().logIn('bob')).user).toBe('bob');
  });

  it.each(['yes', 'false', 2, {}])(
    'S3: disabled: %j lets nobody in: an error that names the field',
    async (disabled) => {
      const site = makeSite();
      site.users.give('bob', { disabled });
      await expect(site.browser().logIn('bob')).rejects.toThrow(
        /says that 'disabled' of "bob" is .*: it must be true or false/,
      );
      expect(await site.records()).toEqual([]);
    },
  );

  it('a method may make the user whom it brings, in the very request', async () => {
    const site = makeSite();
    const signUp: AuthMethod = {
      name: 'sign_up',
      async authenticate(_request, _known, { users }) {
        expect(await users?.findById('u-dora')).toBeNull();
        site.users.add('dora');
        return { user: { id: 'u-dora', name: 'Dora' }, continue: true, login: true };
      },
    };
    const strict = makeSite({ store: site.store, users: site.users, auth: [signUp, 'moin_session'] });
    expect((await strict.browser().visit()).user).toBe('dora');
  });

  it('a user is looked up once in a visit, however many ask', async () => {
    const asked: string[] = [];
    const site = makeSite({ superuser: ['alice'] });
    const findById = site.users.findById.bind(site.users);
    site.users.findById = (id) => {
      asked.push(id);
      return findById(id);
    };
    const browser = site.browser();
    await browser.logIn('alice');
    asked.splice(0);
    await browser.visit();
    await browser.visit({}, (session) => session.set('setuid', 'u-bob'));
    expect((await browser.visit()).user).toBe('bob');
    expect(asked).toEqual(['u-alice', 'u-alice', 'u-alice', 'u-bob']);
  });

  it('without a directory the word of the method is taken', async () => {
    const auth = [own({ id: 'x', name: 'Xenia' }, true), 'moin_session' as const];
    const sessions = createSessions({ store: new MemoryStore(), secrets: SECRET, auth });
    expect((await sessions.begin({})).user?.name).toBe('Xenia');
  });
});

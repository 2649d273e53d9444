import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../../src/auth/method.js';
import { byHeader, makeSite } from '../../aid/site.js';

const LONGEST = 4096;

/** The step of `moin_login` for this name and password, and how many passwords were checked. */
async function attempt(name: string, password: string) {
  const site = makeSite();
  const { visit } = await site.browser().visit({ form: { login: true, name, password } });
  const step = visit.trace.find(({ method }) => method === 'moin_login');
  return { reason: step?.reason, text: step?.text, checks: site.users.checks };
}

/** A method such as LDAP, whose passwords are not those of the user directory. */
const elsewhere: AuthMethod = {
  name: 'elsewhere',
  logsIn: true,
  authenticate: (_request, { user, login, password }) =>
    login && password === 'elsewhere'
      ? { user: { id: 'u-alice', name: 'alice' }, continue: true }
      : { user, continue: true, ...(login && { loginRejected: true }) },
};

describe('moin_login behind another method that logs in', () => {
  const site = (...between: AuthMethod[]) =>
    makeSite({ auth: [byHeader, elsewhere, ...between, 'moin_login', 'moin_session'] });
  const form = (name: string, password: string) => ({ form: { login: true, name, password } });

  it('spec 3: keeps the user whom that method has logged in, and checks no password', async () => {
    const { browser, users, events } = site();
    const visitor = browser();
    const { visit } = await visitor.visit(form('alice', 'elsewhere'));
    expect(visit.loginResult).toBe('accepted');
    expect(visit.user?.method).toBe('elsewhere');
    expect(events.map(({ event }) => event)).toContain('login');
    expect(events.map(({ event }) => event)).not.toContain('login-failed');
    expect(users.checks).toBe(0);
    expect((await visitor.visit()).user).toBe('alice');
  });

  it('spec 3: logs in whom that method refuses, by the password of the user directory', async () => {
    const { visit } = await site().browser().visit(form('bob', 'bob'));
    expect([visit.loginResult, visit.user?.method]).toEqual(['accepted', 'moin_login']);
  });

  it('S5: a wrong password fails, also for a user known by each request anew', async () => {
    const { visit } = await site()
      .browser()
      .visit({ ...form('alice', 'wrong'), headers: { 'x-user': 'alice' } });
    expect(visit.loginResult).toBe('failed');
    const other = await site()
      .browser()
      .visit({ ...form('bob', 'bob'), headers: { 'x-user': 'alice' } });
    expect(other.user).toBe('bob');
  });

  it('S5: a refusal or a veto in between stands', async () => {
    const refuse = (user: 'kept' | 'none'): AuthMethod => ({
      name: 'second_factor',
      authenticate: (_request, known) => ({
        user: user === 'kept' ? known.user : null,
        continue: true,
        loginRejected: known.login,
      }),
    });
    for (const user of ['kept', 'none'] as const) {
      const { browser } = site(refuse(user));
      const visitor = browser();
      expect((await visitor.visit(form('alice', 'elsewhere'))).visit.loginResult).toBe('failed');
      expect((await visitor.visit()).user).toBeNull();
    }
  });
});

describe('moin_login: names and passwords that are too long', () => {
  it.each([
    ['name', 'x'.repeat(LONGEST), 'alice', 'there is no user of this name'],
    ['password', 'alice', 'x'.repeat(LONGEST), 'the password is not that of alice'],
  ])('spec 3: a %s of 4096 characters is checked', async (_, name, password, text) => {
    expect(await attempt(name, password)).toEqual({ reason: 'rejected', text, checks: 1 });
  });

  it.each([
    ['name', 'x'.repeat(LONGEST + 1), 'alice'],
    ['password', 'alice', 'x'.repeat(LONGEST + 1)],
  ])('spec 3: a %s of 4097 characters is rejected before the slow check', async (_, name, password) => {
    const text = 'name or password is far too long';
    expect(await attempt(name, password)).toEqual({ reason: 'rejected', text, checks: 0 });
  });

  it.each([
    ['name', '', 'alice'],
    ['password', 'alice', ''],
  ])('spec 3: an empty %s is rejected before the slow check', async (_, name, password) => {
    const text = 'the form lacks the name or the password';
    expect(await attempt(name, password)).toEqual({ reason: 'rejected', text, checks: 0 });
  });
});
